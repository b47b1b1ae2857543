import type { SeriesPoint } from "./align";

interface Props {
  points: readonly SeriesPoint[];
  colour: string;
  width?: number;
  height?: number;
}

/** A line without axes, as wide as its place. Decoration: the figure beside it says what counts. */
export function Sparkline({ points, colour, width = 160, height = 26 }: Props) {
  const values = points.map(([, value]) => value);
  const most = Math.max(...values.map((value) => value ?? 0), Number.MIN_VALUE);
  const x = (index: number) => (index / Math.max(1, values.length - 1)) * width;
  const y = (value: number) => height - 2 - (value / most) * (height - 4);
  const path = values.reduce<string>((text, value, index) => {
    if (value === null) return text;
    const joins = index > 0 && values[index - 1] !== null;
    return `${text}${joins ? "L" : "M"}${x(index).toFixed(1)} ${y(value).toFixed(1)}`;
  }, "");
  return (
    <svg viewBox={`0 0 ${width} ${height}`} width="100%" height={height} preserveAspectRatio="none" aria-hidden>
      <path d={path} fill="none" stroke={colour} strokeWidth="1.5" vectorEffect="non-scaling-stroke" strokeLinejoin="round" />
    </svg>
  );
}
