import { ActionIcon, Button, Popover, Tooltip, UnstyledButton } from "@mantine/core";
import { formatZone, StatusDot, useFormat, type Status } from "@naru/ui";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useConnection, type Connection } from "../live/connection";
import { serverNow } from "../data/clock";
import { isLive, rangeOf, RANGES, type RangeName } from "../view/ranges";
import { fixedRange, NO_BOX, pausedAt, type PageView } from "../view/useView";
import { CustomRange } from "./CustomRange";
import { Icon } from "./Icon";
import styles from "./RangePicker.module.css";

interface Props {
  page: PageView;
  /** HTTP status the page below failed with, as it reported. */
  failed: number | null;
}

/** Which stretch of time every page shows, and whether it still follows the world; the sliding ones can be paused. Only what is pushed is called live. */
export function RangePicker({ page, failed }: Props) {
  const { t } = useTranslation("frame");
  const [open, setOpen] = useState(false);
  const sliding = page.window.kind === "sliding";
  const connection = useConnection(failed);
  const live = isLive(page.window);
  const why = connection === "live" ? null : t(`connection.${connection}Why`);
  function slide(name: RangeName) {
    setOpen(false);
    page.change({ range: name === "5m" ? undefined : name, from: undefined, to: undefined, ...NO_BOX });
  }
  return (
    <div className={styles.picker}>
      <span className={styles.zone}>{formatZone(page.window.kind === "fixed" ? page.window.to_ms : serverNow())}</span>
      <span className="naru-visually-hidden" role="status">
        {why}
      </span>
      <Popover opened={open} onChange={setOpen} position="bottom-end" width={250} trapFocus>
        <Popover.Target>
          <Button variant="default" size="compact-md" className={`${styles.pill} ${live || connection !== "live" ? styles[connection] : ""}`} onClick={() => setOpen(!open)} title={why ?? undefined} aria-haspopup="dialog" aria-expanded={open} data-testid="range-picker" data-connection={connection}>
            <RangeLabel page={page} connection={connection} />
          </Button>
        </Popover.Target>
        <Popover.Dropdown p={8} aria-label={t("range.label")}>
          <div className={styles.list}>
            {RANGES.map(({ name, length_ms }) => (
              <UnstyledButton key={name} className={styles.option} aria-current={sliding && rangeOf(page.view).name === name ? "true" : undefined} onClick={() => slide(name)}>
                {t(isLive({ kind: "sliding", length_ms }) ? "range.live" : "range.last", { range: t(`range.${name}`) })}
              </UnstyledButton>
            ))}
          </div>
          <CustomRange
            window={page.window}
            onApply={(from, to) => {
              setOpen(false);
              page.change(fixedRange(from, to));
            }}
          />
        </Popover.Dropdown>
      </Popover>
      <Tooltip label={t(sliding ? "range.pause" : "range.resume")}>
        <ActionIcon
          variant="default"
          size={30}
          aria-label={t(sliding ? "range.pause" : "range.resume")}
          onClick={() => page.change(sliding ? pausedAt(page.window) : { from: undefined, to: undefined, ...NO_BOX })}
          data-testid="pause"
        >
          <Icon name={sliding ? "pause" : "play"} size={13} />
        </ActionIcon>
      </Tooltip>
    </div>
  );
}

const DOTS: Record<Connection, Status> = { live: "ok", connecting: "waiting", reconnecting: "warn", unavailable: "bad", offline: "bad" };

function RangeLabel({ page, connection }: { page: PageView; connection: Connection }) {
  const { t } = useTranslation("frame");
  const stretch = useStretch(page);
  const sliding = page.window.kind === "sliding";
  const live = isLive(page.window);
  if (connection !== "live") {
    return (
      <>
        <StatusDot status={DOTS[connection]} />
        <span className={styles.words}>
          {t(`connection.${connection}`)} · {stretch}
        </span>
      </>
    );
  }
  return (
    <>
      {live && <StatusDot status="ok" />}
      <span className={styles.words}>{sliding ? t(live ? "range.live" : "range.last", { range: stretch }) : stretch}</span>
    </>
  );
}

/** `5 min`, or from when until when. */
function useStretch({ window, view }: PageView): string {
  const { t } = useTranslation("frame");
  const format = useFormat();
  if (window.kind === "sliding") return t(`range.${rangeOf(view).name}`);
  const { from_ms, to_ms } = window;
  const sameDay = new Date(from_ms).toDateString() === new Date(to_ms).toDateString() && to_ms - from_ms < 86_400_000;
  const today = new Date(to_ms).toDateString() === new Date().toDateString();
  const first = format.time(from_ms, sameDay && today ? "time" : "dateTime");
  return `${first} – ${format.time(to_ms, sameDay ? "time" : "dateTime")}`;
}
