import { Text } from "@mantine/core";
import { formatStopwatch, Panel, useFormat, useNow } from "@naru/ui";
import { useTranslation } from "react-i18next";
import type { Start } from "./start";

interface Props {
  start: Start;
  /** Unix ms of the first span; null keeps the watch running. */
  firstSpanMs: number | null;
}

const HOUR_MS = 3_600_000;

/** Counts until the first span and then stands still. */
export function Stopwatch({ start, firstSpanMs }: Props) {
  const { t } = useTranslation("install");
  const format = useFormat();
  const nowMs = useNow(firstSpanMs === null ? 1000 : 0);
  const elapsedMs = (firstSpanMs ?? nowMs) - start.atMs;
  // Past an hour nobody races any more, and the day matters.
  const style = elapsedMs < HOUR_MS ? "time" : "dateTime";
  const startedAt = t(start.from === "signup" ? "stopwatch.started" : "stopwatch.created", {
    at: format.time(start.atMs, style),
  });
  return (
    <Panel>
      <Text size="sm" c="dimmed">
        {t(start.from === "signup" ? "stopwatch.fromSignup" : "stopwatch.fromProject")}
      </Text>
      <div
        role="timer"
        data-testid="stopwatch"
        data-state={firstSpanMs === null ? "running" : "stopped"}
        style={{ fontSize: 36, fontWeight: 640, lineHeight: 1.25, letterSpacing: "-0.02em", marginTop: 2 }}
      >
        {elapsedMs < HOUR_MS ? formatStopwatch(elapsedMs) : format.duration(elapsedMs)}
      </div>
      <Text c="dimmed" mt={2}>
        {startedAt} ·{" "}
        {firstSpanMs === null ? t("stopwatch.running") : t("stopwatch.firstSpan", { at: format.time(firstSpanMs, style) })}
      </Text>
    </Panel>
  );
}
