import { useVirtualizer } from "@tanstack/react-virtual";
import type { Apm } from "@naru/api";
import { useRef, useState } from "react";
import { LogLine } from "./LogLine";
import styles from "./Logs.module.css";

const LINE_PX = 29;
/** So near the end the next page is asked for. */
const NEAR_END_ROWS = 30;

interface Props {
  records: Apm.LogRecord[];
  project: string;
  onEnd: () => void;
}

/** Records, newest first; open ones take the height they need. */
export function LogList({ records, project, onEnd }: Props) {
  const scroller = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const virtual = useVirtualizer({
    count: records.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE_PX,
    overscan: 12,
    onChange: (instance) => {
      if ((instance.range?.endIndex ?? 0) > records.length - NEAR_END_ROWS) onEnd();
    },
  });
  function toggle(key: string) {
    const after = new Set(open);
    if (!after.delete(key)) after.add(key);
    setOpen(after);
  }
  return (
    <div ref={scroller} className={styles.scroll} data-testid="logs">
      <div style={{ height: virtual.getTotalSize(), position: "relative" }}>
        {virtual.getVirtualItems().map((item) => {
          const log = records[item.index];
          if (!log) return null;
          const key = keyOf(log);
          return (
            <div key={`${key} ${item.index}`} ref={virtual.measureElement} data-index={item.index} style={{ position: "absolute", insetInline: 0, top: 0, transform: `translateY(${item.start}px)` }}>
              <LogLine log={log} project={project} open={open.has(key)} onToggle={() => toggle(key)} />
            </div>
          );
        })}
      </div>
    </div>
  );
}

/** Stays open when newer records push it down. */
function keyOf(log: Apm.LogRecord): string {
  return `${log.time_ms} ${log.application} ${log.span_id ?? ""} ${log.body.slice(0, 80)}`;
}
