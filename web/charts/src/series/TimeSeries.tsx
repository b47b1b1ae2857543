import "uplot/dist/uPlot.min.css";
import { useEffect, useMemo, useRef, useState } from "react";
import uPlot from "uplot";
import { followCursor, moveCursor } from "../cursor/cursorBus";
import { useElementWidth } from "../parts/useElementWidth";
import { seriesOptions, type SeriesWords } from "./options";
import { alignSeries, nearestIndex, type Line } from "./align";
import { SeriesLegend } from "./SeriesLegend";
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
  /** The first answer is under way or didn't come: nothing is known yet, not even that there is nothing. */
  waiting?: "loading" | "failed" | undefined;
  testId?: string;
}

/** Lines over time. Nulls are gaps; new data replaces old in place, so the chart is never blank while it reloads. */
export function TimeSeries(props: Props) {
  const { lines, from_ms, to_ms, height, scheme, syncKey, words, onRange, label } = props;
  const [box, width] = useElementWidth<HTMLDivElement>();
  const chart = useRef<uPlot | null>(null);
  const [at, setAt] = useState<number | null>(null);
  const data = useMemo(() => alignSeries(lines), [lines]);
  const shape = lines.map((line) => `${line.label} ${line.colour} ${line.dash ?? ""} ${line.fill ?? ""}`).join("|");
  const latest = useRef({ data, lines, words, onRange, from_ms, to_ms });
  latest.current = { data, lines, words, onRange, from_ms, to_ms };

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
    chart.current?.setData(data, false);
    chart.current?.setScale("x", { min: from_ms / 1000, max: to_ms / 1000 });
  }, [data, from_ms, to_ms, width, shape, scheme, words]);

  const empty = useMemo(() => valuesOf(data) === "none", [data]);
  const index = at === null ? null : nearestIndex(data[0], at / 1000);
  return (
    <figure className={styles.figure} aria-label={label} data-testid={props.testId}>
      {props.legend !== false && !empty && <SeriesLegend lines={lines} data={data} index={index} words={words} />}
      <div className={styles.place}>
        <div ref={box} className={styles.chart} style={{ height }} />
        {props.waiting === "loading" && <div className={styles.loading} aria-hidden />}
        {empty && props.waiting !== "loading" && <div className={styles.none}>{props.waiting === "failed" ? words.failed : words.none}</div>}
      </div>
    </figure>
  );
}

function placeCursor(chart: uPlot, ms: number | null): void {
  const inside = ms !== null && ms / 1000 >= (chart.scales["x"]?.min ?? 0) && ms / 1000 <= (chart.scales["x"]?.max ?? 0);
  chart.setCursor(inside ? { left: chart.valToPos(ms / 1000, "x"), top: 0 } : { left: -10, top: -10 }, false);
}
