import { BaseEdge, EdgeLabelRenderer, getBezierPath, Position, type Edge as FlowEdge, type EdgeProps } from "@xyflow/react";
import { healthOf, type Edge } from "./graph";
import { NODE_WIDTH } from "./layout";
import { CHANGE_SIGNS, type MapWords } from "./useMapWords";
import styles from "./MapEdge.module.css";

export interface MapEdgeData extends Record<string, unknown> {
  edge: Edge;
  /** Beside what is looked at: drawn back. */
  aside: boolean;
  /** Its figures stand on it. */
  said: boolean;
  chosen: boolean;
  words: MapWords;
  onChoose: (id: string) => void;
}

export type MapFlowEdge = FlowEdge<MapEdgeData, "map">;

/** How high a call of oneself rises above the node. */
const LOOP_HEIGHT = 56;

/** A call, as wide as it is frequent, with rate, p95 and errors. A button: its figures open beside the map. */
export function MapEdge({ id, data, source, target, sourceX, sourceY, sourcePosition, targetX, targetY, targetPosition, markerEnd }: EdgeProps<MapFlowEdge>) {
  if (!data) return null;
  const { edge, aside, said, chosen, words, onChoose } = data;
  const loop = source === target;
  const ends = { sourceX, sourceY, sourcePosition, targetX, targetY, targetPosition };
  const [bezier, middleX, middleY] = getBezierPath(ends);
  const [labelX, labelY] = labelOf(ends) ?? [middleX, middleY];
  const path = loop ? loopOf(sourceX, sourceY) : bezier;
  const [x, y] = loop ? [sourceX - NODE_WIDTH / 2, sourceY - LOOP_HEIGHT - 14] : [labelX, labelY];
  const gone = edge.change === "gone";
  const health = gone ? "fine" : healthOf(edge.error_rate);
  const change = words.change(edge);
  return (
    <>
      <BaseEdge
        id={id}
        path={path}
        {...(markerEnd === undefined ? {} : { markerEnd })}
        className={[styles.edge, styles[health], edge.change ? styles[edge.change] : "", aside ? styles.aside : "", chosen ? styles.chosen : ""].join(" ")}
        style={{ strokeWidth: widthOf(edge.rate) }}
      />
      {said && (
        <EdgeLabelRenderer>
          <button type="button" aria-pressed={chosen} onClick={() => onChoose(edge.id)} className={`${styles.label} ${aside ? styles.behind : ""} nodrag nopan`} style={{ transform: `translate(-50%, -50%) translate(${x}px, ${y}px)` }} data-testid="map-edge" data-edge={edge.id} data-change={edge.change ?? undefined}>
            {!gone && (
              <>
                <span>{words.rate(edge.rate)}</span>
                <span>
                  {words.duration(edge.p95_ms)}
                  {edge.errors > 0 && <span className={styles[`${health}Text`]}> ✕{words.percent(edge.error_rate)}</span>}
                </span>
              </>
            )}
            {edge.change && change && <span className={`${styles.change} ${styles[`${edge.change}Text`]}`}>{`${CHANGE_SIGNS[edge.change]} ${change}`}</span>}
          </button>
        </EdgeLabelRenderer>
      )}
    </>
  );
}

/** Ten times as many calls are one pixel more. */
function widthOf(rate: number): number {
  return Math.min(5, Math.max(1.2, 1.6 + Math.log10(Math.max(rate, 0.01))));
}

type Ends = Required<Parameters<typeof getBezierPath>[0]>;

/** So far along a call its figures stand: nearer to whom is called, where calls of one caller have parted. */
const ALONG = 0.62;

/** A point on the curve; null where it leads back, and the middle is as good as any. */
function labelOf({ sourceX, sourceY, sourcePosition, targetX, targetY }: Pick<Ends, "sourceX" | "sourceY" | "sourcePosition" | "targetX" | "targetY">): [number, number] | null {
  const right = sourcePosition === Position.Right;
  if (right ? targetX < sourceX : targetY < sourceY) return null;
  const [middleX, middleY] = [(sourceX + targetX) / 2, (sourceY + targetY) / 2];
  const at = (a: number, b: number, c: number, d: number) => (1 - ALONG) ** 3 * a + 3 * (1 - ALONG) ** 2 * ALONG * b + 3 * (1 - ALONG) * ALONG ** 2 * c + ALONG ** 3 * d;
  // In the direction of the call the middle has most room; across it calls of one caller part.
  return right ? [middleX, at(sourceY, sourceY, targetY, targetY)] : [at(sourceX, sourceX, targetX, targetX), middleY];
}

/** From the right side over the node to its left. */
function loopOf(x: number, y: number): string {
  const left = x - NODE_WIDTH;
  return `M ${x} ${y} C ${x + 50} ${y - LOOP_HEIGHT * 1.6}, ${left - 50} ${y - LOOP_HEIGHT * 1.6}, ${left} ${y}`;
}
