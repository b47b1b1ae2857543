import { isOthers } from "../../parts/ShownName";
import { around, type Graph, type Node } from "./graph";

/** A way from the map to what a node has to do with. Only filters that hold: what a link says is what its page shows. */
export type NodeLink =
  | { page: "dashboard" | "transactions" | "logs"; application: string }
  /** Transactions that took something out of a queue. */
  | { page: "readers"; attr: string }
  /** Of whom the node has to do with, by what it has to do with: a caller's transactions are not marked with whom they called. */
  | { page: "neighbour"; application: string; sort: "-sql" | "-external" | undefined };

/** Links to more callers would be a list of their own; the panel has one below. */
const NEIGHBOURS_MAX = 3;

export function linksOf(node: Node, graph: Graph): NodeLink[] {
  switch (node.kind) {
    case "application":
      return ofApplication(node.name);
    case "database":
      return neighbours(graph, callersOf(node, graph), "-sql");
    case "external":
      return neighbours(graph, callersOf(node, graph), "-external");
    case "outside":
      return neighbours(graph, calledBy(node, graph), undefined);
    case "queue":
      return isReadAlone(node, graph) ? [{ page: "readers", attr: `messaging.destination.name=${node.name}` }] : neighbours(graph, calledBy(node, graph), undefined);
  }
}

/** Names beyond the limit are on no transaction and no log, only figures have them. */
function ofApplication(application: string): NodeLink[] {
  const dashboard: NodeLink = { page: "dashboard", application };
  return isOthers(application) ? [dashboard] : [dashboard, { page: "transactions", application }, { page: "logs", application }];
}

/** Transactions say the name of what they took out of, not the system it is in: another queue of that name would be mixed in. */
function isReadAlone(node: Node, graph: Graph): boolean {
  const namesakes = graph.nodes.filter(({ kind, name }) => kind === "queue" && name === node.name);
  return node.name !== "" && namesakes.length === 1 && calledBy(node, graph).length > 0;
}

const callersOf = (node: Node, graph: Graph) => around(graph, node.id).callers.map(({ from }) => from);
const calledBy = (node: Node, graph: Graph) => around(graph, node.id).called.map(({ to }) => to);

function neighbours(graph: Graph, ids: readonly string[], sort: "-sql" | "-external" | undefined): NodeLink[] {
  return ids
    .flatMap((id) => graph.nodes.filter((node) => node.id === id && node.kind === "application" && !isOthers(node.name)))
    .slice(0, NEIGHBOURS_MAX)
    .map(({ name }) => ({ page: "neighbour", application: name, sort }));
}
