import type { Apm } from "@naru/api";

/** What became of a call since the stretch before. */
export type Change = "new" | "gone" | "slower" | "faster" | null;

export interface Edge extends Apm.MapEdge {
  id: string;
  change: Change;
  /** The same call before; null without one, or when nothing is compared. */
  before: Apm.MapEdge | null;
}

export interface Node extends Apm.MapNode {
  change: "new" | "gone" | null;
}

export interface Graph {
  nodes: Node[];
  edges: Edge[];
}

/** Below this a longer time is noise, however many times as long. */
const SLOWER_MS_MIN = 5;
/** So many times as long is slower. */
const SLOWER_FACTOR = 1.5;
/** From so few calls no p95 is to be told. */
const CALLS_MIN = 20;

const idOf = ({ from, to }: Pick<Apm.MapEdge, "from" | "to">) => `${from} → ${to}`;

/** A map, with what is new, gone, slower or faster than in `before`. What is gone keeps its old figures. */
export function graphOf(now: Apm.ServiceMap, before: Apm.ServiceMap | null): Graph {
  const [oldNodes, oldEdges] = [new Map(before?.nodes.map((node) => [node.id, node])), new Map(before?.edges.map((edge) => [idOf(edge), edge]))];
  const nodes = now.nodes.map((node): Node => ({ ...node, change: before && !oldNodes.has(node.id) ? "new" : null }));
  const edges = now.edges.map((edge): Edge => {
    const id = idOf(edge);
    const old = oldEdges.get(id);
    oldEdges.delete(id);
    return { ...edge, id, change: before ? changeOf(edge, old) : null, before: old ?? null };
  });
  now.nodes.forEach(({ id }) => oldNodes.delete(id));
  return {
    nodes: [...nodes, ...[...oldNodes.values()].map((node): Node => ({ ...node, change: "gone" }))].sort((a, b) => a.id.localeCompare(b.id)),
    edges: [...edges, ...[...oldEdges.values()].map((edge): Edge => ({ ...edge, id: idOf(edge), change: "gone", before: edge }))].sort((a, b) => a.id.localeCompare(b.id)),
  };
}

function changeOf(now: Apm.MapEdge, old: Apm.MapEdge | undefined): Change {
  if (!old) return "new";
  if (now.p95_ms === null || old.p95_ms === null || Math.min(now.calls, old.calls) < CALLS_MIN) return null;
  const [less, more] = [Math.min(now.p95_ms, old.p95_ms), Math.max(now.p95_ms, old.p95_ms)];
  if (more - less < SLOWER_MS_MIN || more < less * SLOWER_FACTOR) return null;
  return now.p95_ms > old.p95_ms ? "slower" : "faster";
}

export type Health = "fine" | "failing" | "broken";

/** Some errors are everyday; one in a hundred is worth a look, one in ten a fault. */
export function healthOf(errorRate: number): Health {
  if (errorRate >= 0.1) return "broken";
  return errorRate >= 0.01 ? "failing" : "fine";
}

/** Same shape, same places: figures don't matter. */
export function shapeOf({ nodes, edges }: Graph): string {
  return JSON.stringify([nodes.map(({ id }) => id), edges.map(({ id }) => id)]);
}

/** What has to do with what is looked at: of a node itself, its calls and whom they join; of a call its two ends. */
export interface Near {
  nodes: ReadonlySet<string>;
  edges: ReadonlySet<string>;
}

/** Null while nothing is looked at that is on the map: then nothing is beside the point. */
export function nearOf({ nodes, edges }: Graph, focus: string | null, chosenEdge: string | null): Near | null {
  const own = chosenEdge === null ? edges.filter(({ from, to }) => from === focus || to === focus) : edges.filter(({ id }) => id === chosenEdge);
  const known = nodes.filter(({ id }) => id === focus || own.some(({ from, to }) => from === id || to === id));
  return known.length === 0 ? null : { nodes: new Set(known.map(({ id }) => id)), edges: new Set(own.map(({ id }) => id)) };
}

/** A node's own calls: who calls it, and whom it calls, the most frequent first. */
export function around({ edges }: Graph, id: string): { callers: Edge[]; called: Edge[] } {
  const byRate = (a: Edge, b: Edge) => b.rate - a.rate;
  return { callers: edges.filter(({ to }) => to === id).sort(byRate), called: edges.filter(({ from }) => from === id).sort(byRate) };
}
