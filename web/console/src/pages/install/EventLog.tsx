import { Button } from "@mantine/core";
import { Panel, StatusDot, useFormat, type Status, type StreamState } from "@naru/ui";
import { useTranslation } from "react-i18next";
import type { Arrival } from "./arrival";
import { EventLine } from "./EventLine";
import type { LogLine } from "./onboarding";
import { useStickToEnd } from "./useStickToEnd";
import styles from "./EventLog.module.css";

const DOTS: Record<Arrival["phase"], Status> = {
  waiting: "waiting",
  refused: "bad",
  connected: "waiting",
  receiving: "ok",
  recent: "ok",
  quiet: "idle",
};

interface Props {
  lines: readonly LogLine[];
  arrival: Arrival;
  nowMs: number;
  /** The real HTTP port, for the remedy of a wrong one; unknown until the addresses are loaded. */
  httpPort: string | undefined;
  stream: StreamState;
  apmUrl: string;
}

/** What the gateway sees of this project, as it happens. */
export function EventLog({ lines, arrival: { phase, lastMs }, nowMs, httpPort, stream, apmUrl }: Props) {
  const { t } = useTranslation("installLog");
  const { t: ui } = useTranslation("ui");
  const format = useFormat();
  const { box, unseen, onScroll, toEnd } = useStickToEnd(lines.map((line) => line.id));
  const arriving = phase === "receiving" || phase === "recent" || phase === "quiet";
  return (
    <Panel>
      <div className={styles.head} role="status" data-testid="onboarding-phase" data-phase={phase}>
        <StatusDot status={DOTS[phase]} />
        {phase === "quiet" ? t("log.quiet", { ago: format.ago(lastMs ?? nowMs, nowMs) }) : t(`log.${phase}`)}
        {stream !== "open" && <span className={styles.stream}>{ui(`live.${stream}`)}</span>}
      </div>
      {lines.length === 0 ? (
        <p className={styles.empty}>{t("log.empty")}</p>
      ) : (
        <div className={styles.frame}>
          {/* Scrolls, so it takes the keyboard. */}
          <div ref={box} className={styles.scroll} role="log" aria-label={t("log.title")} tabIndex={0} onScroll={onScroll}>
            <ol className={styles.lines} data-testid="onboarding-log">
              {lines.map((line) => (
                <EventLine key={line.id} event={line.event} httpPort={httpPort} />
              ))}
            </ol>
          </div>
          {unseen > 0 && (
            <Button size="compact-sm" className={styles.news} onClick={toEnd}>
              {t("log.news", { count: unseen })} ↓
            </Button>
          )}
        </div>
      )}
      {arriving && (
        <Button component="a" href={apmUrl} mt={14} data-testid="open-apm">
          {t("log.openIt")}
        </Button>
      )}
    </Panel>
  );
}
