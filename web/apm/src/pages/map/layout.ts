import type { ELK, ElkNode } from "elkjs/lib/elk-api";
import ElkApi from "elkjs/lib/elk-api";
import workerUrl from "elkjs/lib/elk-worker.min.js?url";
import type { Graph } from "./graph";

/** So large a node is drawn, CSS pixels. */
export const NODE_WIDTH = 172;
export const NODE_HEIGHT = 66;
/** Room for an edge's figures between two layers. */
const BETWEEN_LAYERS = { right: 104, down: 84 };

export interface Place {
  x: number;
  y: number;
}

/** Where calls lead: to the right, or on a narrow screen down. */
export type Direction = "right" | "down";

export type Places = ReadonlyMap<string, Place>;

let elk: ELK | undefined;

/** Where nodes stand: callers left of (or above) whom they call. Worked out beside the page, which stays usable meanwhile. */
export async function layOut({ nodes, edges }: Graph, direction: Direction): Promise<Places> {
  elk ??= new ElkApi({ workerFactory: () => new Worker(workerUrl) });
  const laid = await elk.layout(question(nodes.map(({ id }) => id), edges, direction));
  return new Map(laid.children?.map(({ id, x = 0, y = 0 }) => [id, { x, y }]));
}

function question(nodes: readonly string[], edges: Graph["edges"], direction: Direction): ElkNode {
  return {
    id: "map",
    layoutOptions: {
      "elk.algorithm": "layered",
      "elk.direction": direction.toUpperCase(),
      "elk.layered.spacing.nodeNodeBetweenLayers": String(BETWEEN_LAYERS[direction]),
      "elk.spacing.nodeNode": "30",
      "elk.spacing.componentComponent": "48",
      "elk.layered.nodePlacement.strategy": "NETWORK_SIMPLEX",
      "elk.layered.crossingMinimization.semiInteractive": "true",
      "elk.aspectRatio": "1.8",
    },
    children: nodes.map((id) => ({ id, width: NODE_WIDTH, height: NODE_HEIGHT })),
    edges: edges.map(({ id, from, to }) => ({ id, sources: [from], targets: [to] })),
  };
}
