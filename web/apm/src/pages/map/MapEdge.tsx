import { BaseEdge, EdgeLabelRenderer, type Edge as FlowEdge, type EdgeProps } from "@xyflow/react";
import { healthOf, type Edge } from "./graph";
import type { Route } from "./layout";
import { pathOf } from "./path";
import { CHANGE_SIGNS, type MapWords } from "./useMapWords";
import styles from "./MapEdge.module.css";

export interface MapEdgeData extends Record<string, unknown> {
  edge: Edge;
  /** Undefined until its way is known: then it is drawn straight. */
  route: Route | undefined;
  /** Beside what is looked at: drawn back. */
  aside: boolean;
  /** Its figures stand on it. */
  said: boolean;
  chosen: boolean;
  words: MapWords;
  onChoose: (id: string) => void;
}

export type MapFlowEdge = FlowEdge<MapEdgeData, "map">;

/** A call, as wide as it is frequent, with rate, p95 and errors. A button: its figures open beside the map. */
export function MapEdge({ id, data, sourceX, sourceY, targetX, targetY, markerEnd }: EdgeProps<MapFlowEdge>) {
  if (!data) return null;
  const { edge, aside, said, chosen, words, onChoose } = data;
  const [source, target] = [
    { x: sourceX, y: sourceY },
    { x: targetX, y: targetY },
  ];
  const { points, label } = data.route ?? { points: [source, target], label: { x: (sourceX + targetX) / 2, y: (sourceY + targetY) / 2 } };
  const gone = edge.change === "gone";
  const health = gone ? "fine" : healthOf(edge.error_rate);
  const change = words.change(edge);
  return (
    <>
      <BaseEdge
        id={id}
        path={pathOf(points)}
        {...(markerEnd === undefined ? {} : { markerEnd })}
        className={[styles.edge, styles[health], edge.change ? styles[edge.change] : "", aside ? styles.aside : "", chosen ? styles.chosen : ""].join(" ")}
        style={{ strokeWidth: widthOf(edge.rate) }}
      />
      {said && (
        <EdgeLabelRenderer>
          <button type="button" aria-pressed={chosen} onClick={() => onChoose(edge.id)} className={`${styles.label} ${aside ? styles.behind : ""} nodrag nopan`} style={{ transform: `translate(-50%, -50%) translate(${label.x}px, ${label.y}px)` }} data-testid="map-edge" data-edge={edge.id} data-change={edge.change ?? undefined}>
            {!gone && (
              <>
                <span>{words.rate(edge.rate)}</span>
                <span>{words.duration(edge.p95_ms)}</span>
                {edge.errors > 0 && <span className={styles[`${health}Text`]}>✕{words.percent(edge.error_rate)}</span>}
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
