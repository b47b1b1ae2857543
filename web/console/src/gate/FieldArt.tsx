import { fieldDots } from "./field";

const WIDTH = 560;
const HEIGHT = 300;
const CELL = 5;
const DOTS = fieldDots(5200);

/** The product's signature picture, drawn in cells as the real one is. Decoration: hidden from readers. */
export function FieldArt() {
  return (
    <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} width="100%" aria-hidden>
      {[0.25, 0.5, 0.75].map((y) => (
        <line key={y} x1="0" x2={WIDTH} y1={HEIGHT * y} y2={HEIGHT * y} stroke="#1f2533" />
      ))}
      {DOTS.map((dot, index) => (
        <rect
          key={index}
          x={Math.round((dot.x * (WIDTH - CELL)) / CELL) * CELL}
          y={Math.round(((1 - dot.y) * (HEIGHT - CELL)) / CELL) * CELL}
          width={CELL - 1}
          height={CELL - 1}
          rx="1"
          fill={dot.failed ? "#ff6675" : "#6f9bff"}
          opacity={dot.failed ? 0.95 : dot.strength * 0.62}
        />
      ))}
      <rect x="342" y="36" width="112" height="74" fill="#6f9bff" fillOpacity="0.1" stroke="#6f9bff" rx="2" />
    </svg>
  );
}
