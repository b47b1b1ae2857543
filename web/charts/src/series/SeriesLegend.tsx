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

/** Names, strokes and values: at the cursor while there is one, else the newest. */
export function SeriesLegend({ lines, data, index, words }: Props) {
  return (
    <figcaption className={styles.legend}>
      {lines.map((line, place) => {
        const values = data[place + 1];
        const value = index === null ? lastValue(values) : (values?.[index] ?? null);
        return (
          <span key={line.label} className={styles.entry}>
            <svg width="18" height="8" aria-hidden>
              <path d="M0 4h18" stroke={line.colour} strokeWidth="2" strokeDasharray={line.dash?.join(" ")} />
            </svg>
            <span className={styles.name}>{line.label}</span>
            <b>{value === null ? "–" : words.value(value)}</b>
          </span>
        );
      })}
    </figcaption>
  );
}
