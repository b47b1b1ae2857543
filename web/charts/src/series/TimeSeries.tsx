import "uplot/dist/uPlot.min.css";
import { useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import uPlot from "uplot";
import { followCursor, moveCursor } from "../cursor/cursorBus";
import { useElementWidth } from "../parts/useElementWidth";
import { seriesOptions, type SeriesWords } from "./options";
import { alignSeries, nearestIndex, valueAt, type Line } from "./align";
import { SeriesLegend } from "./SeriesLegend";
import { stacked } from "./stack";
import { useSeriesKeys } from "./useSeriesKeys";
import { valuesOf } from "./yAxis";
import styles from "./TimeSeries.module.css";

interface Props {
  lines: Line[];
  /** The axis spans exactly this, also where no value lies. */
  from_ms: number;
  to_ms: number;
  height: number;
  scheme: "dark" | "light";
  /** Charts with the same key share one cursor. */
  syncKey: string;
  words: SeriesWords;
  /** A stretch was dragged: zoom in. */
  onRange?: (fromMs: number, toMs: number) => void;
  /** Names the chart for a screen reader. */
  label: string;
  legend?: boolean;
  /** Each line on top of those before it; legend and keyboard say each one's own value. */
  stack?: boolean;
  /** Values from here on still fill, unix ms: drawn dashed over a hatched ground. */
  fillingFromMs?: number | null;
  /** Instead of `words.none` where no value lies: why, and what fills it. */
  none?: ReactNode;
  /** The first answer is under way or didn't come: nothing is known yet, not even that there is nothing. */
  waiting?: "loading" | "failed" | undefined;
  testId?: string;
}

/** Lines over time. Nulls are gaps; new data replaces old in place, so the chart is never blank while it reloads. */
export function TimeSeries(props: Props) {
  const { lines, from_ms, to_ms, height, scheme, syncKey, words, onRange, label } = props;
  // Nothing fills where nothing is.
  const fillingFromMs = lines.some(({ points }) => points.some(([, value]) => value !== null)) ? (props.fillingFromMs ?? null) : null;
  const [box, width] = useElementWidth<HTMLDivElement>();
  const chart = useRef<uPlot | null>(null);
  const [at, setAt] = useState<number | null>(null);
  const data = useMemo(() => alignSeries(lines, fillingFromMs), [lines, fillingFromMs]);
  const stack = props.stack === true;
  const drawn = useMemo(() => (stack ? stacked(data, lines.length) : data), [data, stack, lines.length]);
  const shape = lines.map((line) => `${line.label} ${line.colour} ${line.dash ?? ""} ${line.fill ?? ""}`).join("|") + (fillingFromMs === null ? "" : "|filling");
  const latest = useRef({ data: drawn, stack, lines, words, onRange, from_ms, to_ms, fillingFromMs });
  latest.current = { data: drawn, stack, lines, words, onRange, from_ms, to_ms, fillingFromMs };

  useEffect(() => {
    const element = box.current;
    if (!element || width === 0) return undefined;
    const made = new uPlot(
      seriesOptions({ element, width, height, latest: () => latest.current, onCursor: (ms) => moveCursor(syncKey, ms, made) }),
      latest.current.data,
      element,
    );
    chart.current = made;
    const stop = followCursor(syncKey, (ms, source) => {
      setAt(ms);
      if (source !== made) placeCursor(made, ms);
    });
    return () => {
      stop();
      made.destroy();
      chart.current = null;
    };
    // A new shape or scheme makes a new chart; new values go into the one on screen.
  }, [box, width, height, shape, scheme, syncKey, words]);

  useEffect(() => {
    chart.current?.setData(drawn, false);
    chart.current?.setScale("x", { min: from_ms / 1000, max: to_ms / 1000 });
  }, [drawn, from_ms, to_ms, width, shape, scheme, words]);

  const empty = useMemo(() => valuesOf(data) === "none", [data]);
  const index = at === null ? null : nearestIndex(data[0], at / 1000);
  const keys = useSeriesKeys({ chart, moments: data[0], index, syncKey, onRange });
  const said = index === null ? words.latest : words.time((data[0][index] ?? 0) * 1000, "time");
  return (
    <figure className={styles.figure} aria-label={label} data-testid={props.testId}>
      {props.legend !== false && !empty && <SeriesLegend lines={lines} data={data} index={index} fillingFromMs={fillingFromMs} words={words} alone={lines.length === 1 && lines[0]?.label === label} />}
      <div className={styles.place}>
        <div
          ref={box}
          className={styles.chart}
          style={{ height }}
          {...(empty
            ? {}
            : {
                role: "slider",
                tabIndex: 0,
                "aria-label": `${label}. ${words.keys}`,
                "aria-valuemin": 0,
                "aria-valuemax": data[0].length - 1,
                "aria-valuenow": index ?? data[0].length - 1,
                "aria-valuetext": [said, ...lines.map((line, place) => `${line.label} ${textOf(valueAt(data, place, lines.length, index), words)}`)].join(", "),
                ...keys,
              })}
        />
        {props.waiting === "loading" && <div className={styles.loading} aria-hidden />}
        {empty && props.waiting !== "loading" && <div className={styles.none}>{props.waiting === "failed" ? words.failed : (props.none ?? words.none)}</div>}
      </div>
    </figure>
  );
}

function textOf(value: number | null, words: SeriesWords): string {
  return value === null ? "–" : (words.valueWithUnit ?? words.value)(value);
}

function placeCursor(chart: uPlot, ms: number | null): void {
  const inside = ms !== null && ms / 1000 >= (chart.scales["x"]?.min ?? 0) && ms / 1000 <= (chart.scales["x"]?.max ?? 0);
  chart.setCursor(inside ? { left: chart.valToPos(ms / 1000, "x"), top: 0 } : { left: -10, top: -10 }, false);
}
