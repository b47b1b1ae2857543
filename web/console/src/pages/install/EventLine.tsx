import type { OnboardingEvent } from "@naru/api";
import { useFormat } from "@naru/ui";
import { toneOf, type LineTone } from "./onboarding";
import { useEventWords } from "./useEventWords";
import { useTranslation } from "react-i18next";
import styles from "./EventLog.module.css";

const MARKS: Record<LineTone, { sign: string; word: "ok" | "failed" | "warning" }> = {
  ok: { sign: "✓", word: "ok" },
  bad: { sign: "✕", word: "failed" },
  warn: { sign: "!", word: "warning" },
};

/** One event: when, how it went, what it was, and how to mend it. */
export function EventLine({ event, httpPort }: { event: OnboardingEvent; httpPort: string | undefined }) {
  const { t } = useTranslation("installLog");
  const format = useFormat();
  const tone = toneOf(event);
  const words = useEventWords(httpPort)(event);
  const mark = MARKS[tone];
  return (
    <li className={styles.line} data-kind={event.kind} data-tone={tone}>
      <time className={styles.time} dateTime={new Date(event.at_ms).toISOString()}>
        {format.time(event.at_ms)}
      </time>
      <span className={`${styles.mark} ${styles[tone]}`} role="img" aria-label={t(`log.${mark.word}`)}>
        {mark.sign}
      </span>
      <div>
        {words.text}
        {words.fix !== undefined && <span className={styles.fix}>→ {words.fix}</span>}
        {words.detail !== undefined && <span className={styles.detail}>{words.detail}</span>}
      </div>
    </li>
  );
}
