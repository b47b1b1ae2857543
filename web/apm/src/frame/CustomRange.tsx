import { Button, TextInput } from "@mantine/core";
import type { FieldWindow } from "@naru/charts";
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { serverNow } from "../data/clock";
import { RANGE_MS_MAX, spanOf } from "../view/ranges";

interface Props {
  window: FieldWindow;
  onApply: (fromMs: number, toMs: number) => void;
}

/** Any stretch of time by the reader's own clock, to the second. */
export function CustomRange({ window, onApply }: Props) {
  const { t } = useTranslation("frame");
  const span = spanOf(window, serverNow());
  const [from, setFrom] = useState(() => localText(span.from));
  const [to, setTo] = useState(() => localText(span.to));
  const [start, end] = [Date.parse(from), Date.parse(to)];
  const problem = !(start < end) ? t("range.order") : end - start > RANGE_MS_MAX ? t("range.tooLong") : null;
  function submit(event: FormEvent) {
    event.preventDefault();
    if (problem === null) onApply(start, end);
  }
  return (
    <form onSubmit={submit} style={{ display: "grid", gap: 8, padding: "10px 6px 6px" }}>
      <TextInput type="datetime-local" step={1} size="xs" label={t("range.from")} value={from} onChange={(event) => setFrom(event.currentTarget.value)} />
      <TextInput type="datetime-local" step={1} size="xs" label={t("range.to")} value={to} error={problem} onChange={(event) => setTo(event.currentTarget.value)} />
      <Button type="submit" size="compact-md" disabled={problem !== null}>
        {t("range.apply")}
      </Button>
    </form>
  );
}

/** `2026-01-31T13:05:00`, the way a date field wants local time. */
function localText(ms: number): string {
  const local = new Date(ms - new Date(ms).getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 19);
}
