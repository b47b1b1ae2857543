import type uPlot from "uplot";
import type { AlignedData, Options } from "uplot";
import { timeTicks } from "../field/ticks";
import { isAlone, type Line } from "./align";
import { valuesOf, ySpan, yTicks } from "./yAxis";

export interface SeriesWords {
  /** Ticks at powers of two: bytes read as 512 MiB, not as 488. */
  binary?: boolean;
  value: (value: number) => string;
  /** With its unit, for the legend; the axis says `value`. */
  valueWithUnit?: (value: number) => string;
  /** Beside the legend's values while nothing is pointed at: `latest`. */
  latest: string;
  /** Instead of lines where there is no value, and where the answer failed. */
  none: string;
  failed: string;
  /** Beside the time of a value that still fills. */
  filling: string;
  /** How to use a chart with the keyboard. */
  keys: string;
  time: (ms: number, style: "time" | "minute" | "day") => string;
}

interface Latest {
  data: AlignedData;
  /** Lines lie on each other: what is between two of them belongs to the upper one. */
  stack: boolean;
  lines: Line[];
  words: SeriesWords;
  onRange?: ((fromMs: number, toMs: number) => void) | undefined;
  from_ms: number;
  to_ms: number;
  fillingFromMs: number | null;
}

interface Make {
  element: HTMLElement;
  width: number;
  height: number;
  latest: () => Latest;
  onCursor: (ms: number | null) => void;
}

const LABEL_SPACING_PX = 90;
/** Above the plot: half of the topmost label. */
const PADDING_TOP_PX = 8;
/** At the right: half of the last time, as far as it doesn't fit beside the plot. */
const PADDING_RIGHT_PX = 16;
const TIME_AXIS_PX = 24;
/** Of lines over what still fills. */
const FILLING_DASH = [3, 3];
/** Of the ground between two stacked lines. */
const BAND_ALPHA = "55";
const HATCH_PX = 7;
/** Shorter drags are a shaky click. */
const DRAG_PX_MIN = 6;

export function seriesOptions({ element, width, height, latest, onCursor }: Make): Options {
  const style = getComputedStyle(element);
  const colour = (text: string) => resolve(style, text);
  const { lines, from_ms, to_ms, fillingFromMs, stack } = latest();
  const plotPx = height - PADDING_TOP_PX - TIME_AXIS_PX;
  const spanOf = (min: number | null, max: number | null) => ySpan(min, max, plotPx, latest().words.binary);
  const axis = { stroke: colour("var(--naru-muted)"), font: `11px ${style.fontFamily}`, ticks: { show: false } };
  return {
    width,
    height,
    legend: { show: false },
    padding: [PADDING_TOP_PX, PADDING_RIGHT_PX, 0, 0],
    scales: { x: { time: true, min: from_ms / 1000, max: to_ms / 1000 }, y: { range: (_chart, min, max) => rangeOf(spanOf(min, max)) } },
    axes: [
      { ...axis, grid: { show: false }, size: TIME_AXIS_PX, gap: 6, splits: (chart) => moments(chart), values: (chart, at) => timeLabels(chart, at, latest().words) },
      {
        ...axis,
        grid: { stroke: colour("var(--naru-line)"), width: 1 },
        size: 52,
        gap: 6,
        splits: (_chart, _axis, min, max) => yTicks(spanOf(min, max), valuesOf(latest().data)),
        values: (_chart, at) => at.map((value) => latest().words.value(value)),
      },
    ],
    series: [{}, ...lines.map((line) => lineOptions(line, colour)), ...(fillingFromMs === null ? [] : lines.map((line) => lineOptions({ ...line, dash: FILLING_DASH, fill: false }, colour)))],
    // Series are counted from one, and the lowest lies on the axis.
    ...(stack ? { bands: lines.slice(1).map((line, place) => ({ series: [place + 2, place + 1] as uPlot.Band["series"], fill: withAlpha(colour(line.colour), BAND_ALPHA) })) } : {}),
    cursor: { y: false, drag: { x: latest().onRange !== undefined, y: false, setScale: false }, points: { size: 7 } },
    hooks: {
      drawAxes: [(chart) => hatch(chart, latest().fillingFromMs, colour("var(--naru-line-strong)"))],
      setCursor: [(chart) => chart.cursor.event && onCursor(cursorMs(chart))],
      setSelect: [(chart) => select(chart, latest().onRange)],
    },
  };
}

function lineOptions(line: Line, colour: (text: string) => string): uPlot.Series {
  const stroke = colour(line.colour);
  return {
    label: line.label,
    stroke,
    width: 1.5,
    spanGaps: false,
    // A value alone between gaps has no line: it gets a point.
    points: { show: (chart, series, from, to) => to - from < 3 || lonely(chart, series, from, to), size: 4, fill: stroke },
    ...(line.dash ? { dash: [...line.dash] } : {}),
    ...(line.fill ? { fill: (chart: uPlot) => fade(chart, stroke) } : {}),
  };
}

function lonely(chart: uPlot, series: number, from: number, to: number): boolean {
  const values = chart.data[series];
  if (!values || to - from > 400) return false;
  for (let index = from; index <= to; index += 1) {
    if (isAlone(values, index)) return true;
  }
  return false;
}

function fade(chart: uPlot, stroke: string): CanvasGradient | string {
  const { top, height } = chart.bbox;
  if (!Number.isFinite(top + height)) return "transparent";
  const gradient = chart.ctx.createLinearGradient(0, top, 0, top + height);
  gradient.addColorStop(0, withAlpha(stroke, "40"));
  gradient.addColorStop(1, withAlpha(stroke, "05"));
  return gradient;
}

/** `#rrggbb` with two digits of opacity; other notations fade to nothing. */
function withAlpha(colour: string, alpha: string): string {
  return /^#[0-9a-f]{6}$/i.test(colour) ? colour + alpha : "transparent";
}

/** Slanted strokes behind what still fills: it is not a fall. */
function hatch(chart: uPlot, fromMs: number | null, stroke: string): void {
  if (fromMs === null) return;
  const { left, top, width, height } = chart.bbox;
  const begin = Math.max(left, chart.valToPos(fromMs / 1000, "x", true));
  const end = left + width;
  if (begin >= end) return;
  const { ctx } = chart;
  ctx.save();
  ctx.beginPath();
  ctx.rect(begin, top, end - begin, height);
  ctx.clip();
  ctx.strokeStyle = stroke;
  ctx.lineWidth = devicePixelRatio;
  ctx.beginPath();
  for (let x = begin - height; x < end; x += HATCH_PX * devicePixelRatio) {
    ctx.moveTo(x, top + height);
    ctx.lineTo(x + height, top);
  }
  ctx.stroke();
  ctx.restore();
}

function rangeOf({ min, max }: { min: number; max: number }): [number, number] {
  return [min, max];
}

function moments(chart: uPlot): number[] {
  return ticksOf(chart).at.map((ms) => ms / 1000);
}

function timeLabels(chart: uPlot, at: number[], words: SeriesWords): string[] {
  const { style } = ticksOf(chart);
  return at.map((seconds) => words.time(seconds * 1000, style));
}

function ticksOf(chart: uPlot) {
  const { min = 0, max = 1 } = chart.scales["x"] ?? {};
  const offsetMs = -new Date(max * 1000).getTimezoneOffset() * 60_000;
  return timeTicks(min * 1000, max * 1000, chart.bbox.width / devicePixelRatio, LABEL_SPACING_PX, offsetMs);
}

function cursorMs(chart: uPlot): number | null {
  const left = chart.cursor.left ?? -1;
  return left < 0 ? null : chart.posToVal(left, "x") * 1000;
}

function select(chart: uPlot, onRange: ((fromMs: number, toMs: number) => void) | undefined): void {
  const { left, width } = chart.select;
  if (width < DRAG_PX_MIN) return;
  const at = (x: number) => Math.round(chart.posToVal(x, "x") * 1000);
  chart.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  onRange?.(at(left), at(left + width));
}

/** A canvas knows no CSS variables. */
function resolve(style: CSSStyleDeclaration, text: string): string {
  const name = /^var\((--[\w-]+)\)$/.exec(text)?.[1];
  return name === undefined ? text : style.getPropertyValue(name).trim() || "#888";
}
