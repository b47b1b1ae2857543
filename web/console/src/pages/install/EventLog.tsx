import { Button } from "@mantine/core";
import { Panel, StatusDot, type Status, type StreamState } from "@naru/ui";
import { useTranslation } from "react-i18next";
import { EventLine } from "./EventLine";
import type { Onboarding, Phase } from "./onboarding";
import styles from "./EventLog.module.css";

const DOTS: Record<Phase, Status> = { waiting: "waiting", refused: "bad", connected: "waiting", receiving: "ok" };

interface Props {
  onboarding: Onboarding;
  stream: StreamState;
  apmUrl: string;
}

/** What the gateway sees of this project, as it happens. */
export function EventLog({ onboarding, stream, apmUrl }: Props) {
  const { t } = useTranslation("installLog");
  const { t: ui } = useTranslation("ui");
  const { lines, phase } = onboarding;
  return (
    <Panel>
      <div className={styles.head} role="status" data-testid="onboarding-phase" data-phase={phase}>
        <StatusDot status={DOTS[phase]} />
        {t(`log.${phase}`)}
        {stream !== "open" && <span className={styles.stream}>{ui(`live.${stream}`)}</span>}
      </div>
      {lines.length === 0 ? (
        <p className={styles.empty}>{t("log.empty")}</p>
      ) : (
        <div role="log" aria-label={t("log.title")}>
          <ol className={styles.lines} data-testid="onboarding-log">
            {lines.map((line) => (
              <EventLine key={line.id} event={line.event} />
            ))}
          </ol>
        </div>
      )}
      {phase === "receiving" && (
        <Button component="a" href={apmUrl} mt={14} data-testid="open-apm">
          {t("log.openIt")}
        </Button>
      )}
    </Panel>
  );
}
