import { Handle, Position, type Node as FlowNode, type NodeProps } from "@xyflow/react";
import { healthOf, type Node } from "./graph";
import type { Direction } from "./layout";
import { NodeIcon } from "./NodeIcon";
import { CHANGE_SIGNS, type MapWords } from "./useMapWords";
import styles from "./MapNode.module.css";

export interface MapNodeData extends Record<string, unknown> {
  node: Node;
  direction: Direction;
  chosen: boolean;
  /** Beside what is looked at: drawn back. */
  aside: boolean;
  words: MapWords;
  onChoose: (id: string) => void;
}

export type MapFlowNode = FlowNode<MapNodeData, "map">;

/** A thing that calls or is called, with what it does now. A button: its figures open beside the map. */
export function MapNode({ data: { node, direction, chosen, aside, words, onChoose } }: NodeProps<MapFlowNode>) {
  const { totals, change } = node;
  const health = change === "gone" ? "fine" : healthOf(totals.error_rate);
  const gone = change === "gone";
  return (
    <div className={styles.place}>
      <Handle type="target" position={direction === "right" ? Position.Left : Position.Top} className={styles.handle} isConnectable={false} />
      <button
        type="button"
        className={[styles.node, styles[node.kind], styles[health], gone ? styles.gone : "", aside ? styles.aside : "", "nopan"].join(" ")}
        aria-pressed={chosen}
        onClick={() => onChoose(node.id)}
        data-testid="map-node"
        data-node={node.id}
        data-change={change ?? undefined}
      >
        <span className={styles.icon}>
          <NodeIcon kind={node.kind} size={node.kind === "outside" ? 20 : 16} />
        </span>
        <span className={words.others(node) ? `${styles.name} ${styles.others}` : styles.name} title={words.others(node) ?? words.name(node)}>
          {words.name(node)}
        </span>
        <span className={styles.second}>
          <span className={styles.kind}>{words.kind(node)}</span>
          {!gone && node.kind !== "outside" && totals.errors > 0 && <span className={styles.errors}>✕ {words.percent(totals.error_rate)}</span>}
        </span>
        {node.kind !== "outside" && !gone && (
          <span className={styles.figures}>
            <span>{words.rate(totals.tps)}</span>
            <span>
              <span className="naru-visually-hidden">p95 </span>
              {words.duration(totals.p95_ms)}
            </span>
          </span>
        )}
        {change && <span className={`${styles.change} ${styles[change]}`}>{`${CHANGE_SIGNS[change]} ${words.change({ change, p95_ms: null, before: null })}`}</span>}
      </button>
      <Handle type="source" position={direction === "right" ? Position.Right : Position.Bottom} className={styles.handle} isConnectable={false} />
    </div>
  );
}
