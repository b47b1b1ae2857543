/** What data looks like: the Transaction Field, lines over time, a trace's waterfall. No data is fetched here. */
export { TransactionField, type FieldWords } from "./field/TransactionField";
export {
  FieldModel,
  type AskHeatmap,
  type FieldStatus,
  type FieldView,
  type HeatmapAnswer,
  type HeatmapQuestion,
} from "./field/FieldModel";
export type { FieldBox } from "./field/box";
export { rowOf, type FieldScale } from "./field/edges";
export type { HeatmapCell } from "./field/grid";
export { PointRing, type FieldPoint } from "./field/ring";
export { columnSums, totalsOf, type ColumnSums, type Totals } from "./field/totals";
export type { FieldWindow } from "./field/window";
export { TimeSeries } from "./series/TimeSeries";
export { Sparkline } from "./series/Sparkline";
export { useReducedMotion } from "./parts/useReducedMotion";
export type { Line, SeriesPoint } from "./series/align";
export type { SeriesWords } from "./series/options";
export { Waterfall, type WaterfallLayout } from "./waterfall/Waterfall";
export type { WaterfallWords } from "./waterfall/WaterfallLine";
export { criticalPath, flatten, pathSpans, type PathSegment } from "./waterfall/critical";
export { rowsOf, type WaterfallRow } from "./waterfall/rows";
export { categoryOf, isEntry, type Category } from "./waterfall/category";
export { sharesOf, type Share } from "./waterfall/share";
export { treeOf, type SpanNode } from "./waterfall/tree";
