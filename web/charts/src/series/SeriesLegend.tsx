import type { AlignedData } from "uplot";
import { valueAt, type Line } from "./align";
import type { SeriesWords } from "./options";
import styles from "./TimeSeries.module.css";

interface Props {
  lines: Line[];
  data: AlignedData;
  /** The index under the cursor; null = the newest values. */
  index: number | null;
  /** Where values begin that still fill, unix ms. */
  fillingFromMs: number | null;
  words: SeriesWords;
  /** One line that has the chart's own name: that is not said twice. */
  alone: boolean;
}

/** Names, strokes and values: at the cursor while there is one, else the newest; which of both is said last. */
export function SeriesLegend({ lines, data, index, fillingFromMs, words, alone }: Props) {
  const say = words.valueWithUnit ?? words.value;
  const at = index === null ? undefined : data[0][index];
  const fills = at !== undefined && fillingFromMs !== null && at * 1000 >= fillingFromMs;
  return (
    <figcaption className={lines.length > 2 ? `${styles.legend} ${styles.many}` : styles.legend}>
      {lines.map((line, place) => {
        const value = valueAt(data, place, lines.length, index);
        return (
          <span key={line.label} className={styles.entry}>
            {!alone && (
              <>
                <svg width="14" height="8" aria-hidden>
                  <path d="M0 4h14" stroke={line.colour} strokeWidth="2" strokeDasharray={line.dash?.join(" ")} />
                </svg>
                <span className={styles.name} title={line.title}>
                  {line.label}
                </span>
              </>
            )}
            <b>{value === null ? "–" : say(value)}</b>
          </span>
        );
      })}
      <span className={styles.at}>
        {at === undefined ? words.latest : words.time(at * 1000, "time")}
        {fills && ` · ${words.filling}`}
      </span>
    </figcaption>
  );
}
