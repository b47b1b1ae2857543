import { ActionIcon, Button, Popover, Tooltip, UnstyledButton } from "@mantine/core";
import { StatusDot, useFormat } from "@naru/ui";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { rangeOf, RANGES, type RangeName } from "../view/ranges";
import { fixedRange, NO_BOX, pausedAt, type PageView } from "../view/useView";
import { CustomRange } from "./CustomRange";
import { Icon } from "./Icon";
import styles from "./RangePicker.module.css";

/** Which stretch of time every page shows; the sliding ones can be paused. */
export function RangePicker({ page }: { page: PageView }) {
  const { t } = useTranslation("frame");
  const [open, setOpen] = useState(false);
  const sliding = page.window.kind === "sliding";
  function slide(name: RangeName) {
    setOpen(false);
    page.change({ range: name === "5m" ? undefined : name, from: undefined, to: undefined, ...NO_BOX });
  }
  return (
    <div className={styles.picker}>
      <Popover opened={open} onChange={setOpen} position="bottom-end" width={250} trapFocus>
        <Popover.Target>
          <Button variant="default" size="compact-md" className={sliding ? styles.live : styles.fixed} onClick={() => setOpen(!open)} aria-haspopup="dialog" aria-expanded={open} data-testid="range-picker">
            <RangeLabel page={page} />
          </Button>
        </Popover.Target>
        <Popover.Dropdown p={8} aria-label={t("range.label")}>
          <div className={styles.list}>
            {RANGES.map(({ name }) => (
              <UnstyledButton key={name} className={styles.option} aria-current={sliding && rangeOf(page.view).name === name ? "true" : undefined} onClick={() => slide(name)}>
                {t(name === "5m" || name === "15m" ? "range.live" : "range.last", { range: t(`range.${name}`) })}
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

function RangeLabel({ page }: { page: PageView }) {
  const { t } = useTranslation("frame");
  const format = useFormat();
  if (page.window.kind === "sliding") {
    return (
      <>
        <StatusDot status="ok" />
        <span className={styles.words}>{t("range.live", { range: t(`range.${rangeOf(page.view).name}`) })}</span>
      </>
    );
  }
  const { from_ms, to_ms } = page.window;
  const sameDay = new Date(from_ms).toDateString() === new Date(to_ms).toDateString() && to_ms - from_ms < 86_400_000;
  const today = new Date(to_ms).toDateString() === new Date().toDateString();
  const first = format.time(from_ms, sameDay && today ? "time" : "dateTime");
  return <span className={styles.words}>{`${first} – ${format.time(to_ms, sameDay ? "time" : "dateTime")}`}</span>;
}
