import type { AlignedData } from "uplot";
import { lastValue, type Line } from "./align";
import type { SeriesWords } from "./options";
import styles from "./TimeSeries.module.css";

interface Props {
  lines: Line[];
  data: AlignedData;
  /** The index under the cursor; null = the newest values. */
  index: number | null;
  words: SeriesWords;
}

/** Names, strokes and values: at the cursor while there is one, else the newest; which of both is said last. */
export function SeriesLegend({ lines, data, index, words }: Props) {
  const say = words.valueWithUnit ?? words.value;
  const at = index === null ? undefined : data[0][index];
  return (
    <figcaption className={styles.legend}>
      {lines.map((line, place) => {
        const values = data[place + 1];
        const value = index === null ? lastValue(values) : (values?.[index] ?? null);
        return (
          <span key={line.label} className={styles.entry}>
            <svg width="14" height="8" aria-hidden>
              <path d="M0 4h14" stroke={line.colour} strokeWidth="2" strokeDasharray={line.dash?.join(" ")} />
            </svg>
            <span className={styles.name}>{line.label}</span>
            <b>{value === null ? "–" : say(value)}</b>
          </span>
        );
      })}
      <span className={styles.at}>{at === undefined ? words.latest : words.time(at * 1000, "time")}</span>
    </figcaption>
  );
}
