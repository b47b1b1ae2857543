import { Button, TextInput } from "@mantine/core";
import type { FieldWindow } from "@naru/charts";
import { formatZone } from "@naru/ui";
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { serverNow } from "../data/clock";
import { localText, parseLocal, rangeProblem } from "../view/localTime";
import { RANGE_MS_MAX, spanOf } from "../view/ranges";
import styles from "./CustomRange.module.css";

interface Props {
  window: FieldWindow;
  onApply: (fromMs: number, toMs: number) => void;
}

/** Any stretch of time by the reader's own clock, to the second. What can't be read is said below its field, and kept. */
export function CustomRange({ window, onApply }: Props) {
  const { t } = useTranslation("frame");
  const [typed, setTyped] = useState(() => {
    const span = spanOf(window, serverNow());
    return { from: localText(span.from), to: localText(span.to) };
  });
  const [from, to] = [parseLocal(typed.from), parseLocal(typed.to)];
  const problem = rangeProblem(from, to, serverNow(), RANGE_MS_MAX);
  function submit(event: FormEvent) {
    event.preventDefault();
    if (problem === null && from !== null && to !== null) onApply(from, to);
  }
  return (
    <form onSubmit={submit} className={styles.form} noValidate>
      {(["from", "to"] as const).map((field) => (
        <TextInput
          key={field}
          name={field}
          size="sm"
          classNames={{ input: styles.input ?? "" }}
          label={t(`range.${field}`)}
          placeholder={t("range.format")}
          value={typed[field]}
          error={problem?.field === field && t(`range.${problem.code}`)}
          onChange={(event) => setTyped({ ...typed, [field]: event.currentTarget.value })}
          spellCheck={false}
          autoComplete="off"
        />
      ))}
      <p className={styles.zone}>{t("range.zone", { zone: formatZone(from ?? serverNow()) })}</p>
      <Button type="submit" size="compact-md" disabled={problem !== null}>
        {t("range.apply")}
      </Button>
    </form>
  );
}
