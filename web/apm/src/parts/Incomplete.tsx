import { Tooltip } from "@mantine/core";
import type { Apm } from "@naru/api";
import { useFormat } from "@naru/ui";
import { useTranslation } from "react-i18next";
import { partsText } from "./text";
import styles from "./Incomplete.module.css";

type Reason = keyof typeof partsText.en.incompleteWhy;
const REASONS = Object.keys(partsText.en.incompleteWhy) as Reason[];

interface Props {
  show: boolean;
  /** What the answer says of it: since when, and why. The field knows only that something is missing. */
  parts?: readonly Apm.Incomplete[] | undefined;
}

/** A clear hint that an answer lacks the newest data of some writer, and what to do. Nothing when it is whole. */
export function Incomplete({ show, parts = [] }: Props) {
  const { t } = useTranslation("parts");
  const format = useFormat();
  if (!show) return null;
  const reason = REASONS.find((known) => parts.some((part) => part.reason === known));
  const since_ms = Math.min(...parts.map((part) => part.since_ms ?? Infinity));
  const label = [
    t("incomplete"),
    Number.isFinite(since_ms) && t("incompleteSince", { since: format.time(since_ms, "dateTime") }),
    reason && t(`incompleteWhy.${reason}`),
  ]
    .filter(Boolean)
    .join(" ");
  return (
    <Tooltip label={label} multiline w={300} withArrow>
      <span className={styles.hint} tabIndex={0} role="status" aria-label={label} data-testid="incomplete">
        <svg width="12" height="12" viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth="1.6" aria-hidden>
          <path d="M8 2 15 14H1z" strokeLinejoin="round" />
          <path d="M8 6.5v3.5M8 12v.2" strokeLinecap="round" />
        </svg>
        {t("incompleteShort")}
      </span>
    </Tooltip>
  );
}
