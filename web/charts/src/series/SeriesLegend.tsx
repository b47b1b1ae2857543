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
  const at = index === null ? undefined : data[0][index];
  const fills = at !== undefined && fillingFromMs !== null && at * 1000 >= fillingFromMs;
  const entry = (line: Line) => <Entry key={line.label} line={line} value={valueAt(data, lines.indexOf(line), lines.length, index)} words={words} alone={alone} />;
  return (
    <figcaption className={lines.length > 1 ? `${styles.legend} ${styles.many}` : styles.legend}>
      {groupsOf(lines).map(({ group, own }) =>
        group === undefined ? (
          own.map(entry)
        ) : (
          <span key={group} className={styles.group}>
            <span className={styles.name} title={group}>
              {group}
            </span>
            {own.map(entry)}
          </span>
        ),
      )}
      <span className={styles.at}>
        {at === undefined ? words.latest : words.time(at * 1000, "time")}
        {fills && ` · ${words.filling}`}
      </span>
    </figcaption>
  );
}

function Entry({ line, value, words, alone }: { line: Line; value: number | null; words: SeriesWords; alone: boolean }) {
  const say = words.valueWithUnit ?? words.value;
  return (
    <span className={styles.entry}>
      {!alone && (
        <>
          <svg width="14" height="8" aria-hidden>
            <path d="M0 4h14" stroke={line.colour} strokeWidth="2" strokeDasharray={line.dash?.join(" ")} />
          </svg>
          <span className={styles.name} title={line.title}>
            {line.within?.name ?? line.label}
          </span>
        </>
      )}
      <b>{value === null ? "–" : say(value)}</b>
    </span>
  );
}

/** Lines in their order, those of one group together. */
function groupsOf(lines: readonly Line[]): { group: string | undefined; own: Line[] }[] {
  const groups = new Map<string | undefined, Line[]>();
  for (const line of lines) groups.set(line.within?.group, [...(groups.get(line.within?.group) ?? []), line]);
  return [...groups].map(([group, own]) => ({ group, own }));
}
