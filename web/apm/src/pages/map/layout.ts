import type { ELK, ElkExtendedEdge, ElkNode } from "elkjs/lib/elk-api";
import ElkApi from "elkjs/lib/elk-api";
import workerUrl from "elkjs/lib/elk-worker.min.js?url";
import type { Graph } from "./graph";

/** So large a node is drawn, CSS pixels. */
export const NODE_WIDTH = 188;
export const NODE_HEIGHT = 66;
/** So large the figures of a call are: three short lines. What changed may be a fourth; it has the room around. */
export const LABEL_WIDTH = 68;
export const LABEL_HEIGHT = 48;
/** Between a node and the figures of its calls: room for an arrow, and for a line to turn. */
const BESIDE_LABEL = 22;
/** Larger than life nothing is read better. */
const ZOOM_MAX = 1;
/** As large as this it is read well, whichever way calls lead. */
export const ZOOM_READABLE = 0.85;
/** A larger map is moved about either way, and laying it out twice would take as long again. */
const NODES_TURNED_MAX = 60;
/** Calls lead to the right unless downwards much more can be read. */
const DOWN_WHEN_LARGER = 1.08;

export interface Place {
  x: number;
  y: number;
}

/** The way of a call from corner to corner, and the middle of its figures. */
export interface Route {
  points: Place[];
  label: Place;
}

export interface Box {
  width: number;
  height: number;
}

/** Where calls lead. */
export type Direction = "right" | "down";

export interface Places extends Box {
  direction: Direction;
  nodes: ReadonlyMap<string, Place>;
  /** By the call's id. */
  calls: ReadonlyMap<string, Route>;
}

let elk: ELK | undefined;

/**
 * Where nodes stand: callers left of (or above) whom they call; given a box, in the direction in which the map is larger in it. Worked
 * out beside the page, which stays usable meanwhile.
 */
export async function layOut(graph: Graph, within: Direction | Box): Promise<Places> {
  elk ??= new ElkApi({ workerFactory: () => new Worker(workerUrl) });
  return layOutBy(elk, graph, within);
}

export async function layOutBy(by: Pick<ELK, "layout">, graph: Graph, within: Direction | Box): Promise<Places> {
  const lay = async (direction: Direction) => placesOf(await by.layout(question(graph, direction)), direction);
  if (typeof within === "string") return lay(within);
  const right = await lay("right");
  if (zoomIn(within, right) >= ZOOM_READABLE || graph.nodes.length > NODES_TURNED_MAX) return right;
  const down = await lay("down");
  return zoomIn(within, down) > zoomIn(within, right) * DOWN_WHEN_LARGER ? down : right;
}

function zoomIn(box: Box, { width, height }: Box): number {
  return Math.min(ZOOM_MAX, box.width / Math.max(1, width), box.height / Math.max(1, height));
}

function question({ nodes, edges }: Graph, direction: Direction): ElkNode {
  return {
    id: "map",
    layoutOptions: {
      "elk.algorithm": "layered",
      "elk.direction": direction.toUpperCase(),
      "elk.edgeRouting": "ORTHOGONAL",
      "elk.layered.spacing.nodeNodeBetweenLayers": String(BESIDE_LABEL),
      "elk.layered.spacing.edgeNodeBetweenLayers": "12",
      "elk.layered.spacing.edgeEdgeBetweenLayers": "8",
      "elk.spacing.nodeNode": "30",
      "elk.spacing.edgeNode": "16",
      "elk.spacing.edgeEdge": "12",
      "elk.spacing.componentComponent": "48",
      "elk.layered.nodePlacement.strategy": "NETWORK_SIMPLEX",
      "elk.layered.crossingMinimization.semiInteractive": "true",
      "elk.aspectRatio": "1.8",
    },
    children: nodes.map(({ id }) => ({ id, width: NODE_WIDTH, height: NODE_HEIGHT })),
    edges: edges.map(({ id, from, to }) => ({
      id,
      sources: [from],
      targets: [to],
      // On the line itself: beside it, it would be unclear whose figures they are.
      labels: [{ id: `figures of ${id}`, text: id, width: LABEL_WIDTH, height: LABEL_HEIGHT, layoutOptions: { "elk.edgeLabels.inline": "true" } }],
    })),
  };
}

function placesOf({ width = 0, height = 0, children = [], edges = [] }: ElkNode, direction: Direction): Places {
  return {
    direction,
    width,
    height,
    nodes: new Map(children.map(({ id, x = 0, y = 0 }) => [id, { x, y }])),
    calls: new Map(edges.flatMap((edge) => routeOf(edge).map((route) => [edge.id, route] as const))),
  };
}

/** None where the layout knows no way. */
function routeOf({ sections, labels }: ElkExtendedEdge): Route[] {
  const [way, figures] = [sections?.[0], labels?.[0]];
  if (!way || !figures) return [];
  const { x = 0, y = 0, width = 0, height = 0 } = figures;
  return [{ points: [way.startPoint, ...(way.bendPoints ?? []), way.endPoint], label: { x: x + width / 2, y: y + height / 2 } }];
}
