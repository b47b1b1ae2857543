import "@xyflow/react/dist/base.css";
import { ActionIcon } from "@mantine/core";
import { MarkerType, Panel, ReactFlow, ReactFlowProvider, useNodesInitialized, useReactFlow } from "@xyflow/react";
import { useEffect, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useReducedMotion } from "@naru/charts";
import { useScheme } from "../../parts/useScheme";
import { around, healthOf, nearOf, type Edge, type Graph } from "./graph";
import { NODE_HEIGHT, NODE_WIDTH, type Places } from "./layout";
import { MapEdge, type MapFlowEdge } from "./MapEdge";
import { MapNode, type MapFlowNode } from "./MapNode";
import { useMapWords } from "./useMapWords";
import styles from "./Map.module.css";

interface Props {
  graph: Graph;
  places: Places;
  /** The node that is looked at. */
  focus: string | null;
  /** The call that is looked at. */
  edge: string | null;
  onChoose: (id: string) => void;
  onChooseEdge: (id: string) => void;
}

const NODE_TYPES = { map: MapNode };
const EDGE_TYPES = { map: MapEdge };
/** Of more calls only those that need a look say their figures; the rest would hide each other. */
const SAID_MAX = 40;
/** Smaller nothing can be read: a larger map is moved about. */
const FIT = { padding: 0.05, minZoom: 0.62, maxZoom: 1.15 };

export function MapCanvas(props: Props) {
  return (
    <ReactFlowProvider>
      <Canvas {...props} />
    </ReactFlowProvider>
  );
}

function Canvas({ graph, places, focus, edge: chosenEdge, onChoose, onChooseEdge }: Props) {
  const { t } = useTranslation("map");
  const words = useMapWords();
  const scheme = useScheme();
  const near = useMemo(() => nearOf(graph, focus, chosenEdge), [graph, focus, chosenEdge]);
  const nodes = useMemo(
    () =>
      graph.nodes.flatMap((node): MapFlowNode[] => {
        const position = places.nodes.get(node.id);
        // One that has just come stands nowhere yet. What can be neither moved nor selected would let clicks through to the ground.
        return position ? [{ id: node.id, type: "map", position, style: { pointerEvents: "all" }, width: NODE_WIDTH, height: NODE_HEIGHT, data: { node, direction: places.direction, chosen: node.id === focus, aside: near !== null && !near.nodes.has(node.id), words, onChoose } }] : [];
      }),
    [graph, places, focus, near, words, onChoose],
  );
  const edges = useMemo(
    () =>
      graph.edges
        .filter(({ from, to }) => places.nodes.has(from) && places.nodes.has(to))
        .map((edge): MapFlowEdge => {
          const aside = near !== null && !near.edges.has(edge.id);
          const chosen = edge.id === chosenEdge;
          const said = chosen || graph.edges.length <= SAID_MAX || needsLook(edge) || (near !== null && !aside);
          return { id: edge.id, type: "map", source: edge.from, target: edge.to, data: { edge, route: places.calls.get(edge.id), aside, said, chosen, words, onChoose: onChooseEdge }, markerEnd: { type: MarkerType.ArrowClosed, markerUnits: "userSpaceOnUse", width: 17, height: 17, color: "var(--naru-faint)" } };
        })
        // What is looked at is drawn last, above what isn't.
        .sort((a, b) => Number(b.data?.aside) - Number(a.data?.aside)),
    [graph, places, near, chosenEdge, words, onChooseEdge],
  );
  return (
    <div className={styles.canvas} data-testid="service-map">
      <ReactFlow<MapFlowNode, MapFlowEdge>
        nodes={nodes}
        edges={edges}
        nodeTypes={NODE_TYPES}
        edgeTypes={EDGE_TYPES}
        colorMode={scheme}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        disableKeyboardA11y
        onEdgeClick={(_event, { id }) => onChooseEdge(id)}
        minZoom={0.15}
        maxZoom={2}
        fitView
        fitViewOptions={FIT}
        aria-label={t("label")}
      >
        <FitToPlaces places={places} graph={graph} focus={focus} />
        <Zoom />
      </ReactFlow>
    </div>
  );
}

function needsLook(edge: Edge): boolean {
  return edge.change !== null || healthOf(edge.error_rate) !== "fine";
}

/** Another set of nodes is shown whole, or what is looked at with its neighbours; what the reader moved stays as it is otherwise. */
function FitToPlaces({ places, graph, focus }: Pick<Props, "places" | "graph" | "focus">) {
  const { fitView } = useReactFlow();
  const ready = useNodesInitialized();
  const still = useReducedMotion();
  useEffect(() => {
    if (!ready) return;
    const { callers, called } = around(graph, focus ?? "");
    const near = focus !== null && places.nodes.has(focus) ? [{ id: focus }, ...callers.map(({ from }) => ({ id: from })), ...called.map(({ to }) => ({ id: to }))] : null;
    void fitView({ ...FIT, ...(near ? { nodes: near } : {}), duration: still ? 0 : 250 });
    // Only new places move the map.
  }, [places, ready]);
  return null;
}

function Zoom() {
  const { t } = useTranslation("map");
  const { zoomIn, zoomOut, fitView } = useReactFlow();
  const buttons = [
    ["in", "M12 5v14M5 12h14", () => zoomIn()],
    ["out", "M5 12h14", () => zoomOut()],
    ["fit", "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5", () => fitView(FIT)],
  ] as const;
  return (
    <Panel position="bottom-left" className={styles.zoom}>
      {buttons.map(([key, path, act]) => (
        <ActionIcon key={key} variant="default" size={28} aria-label={t(`zoom.${key}`)} title={t(`zoom.${key}`)} onClick={() => void act()}>
          <svg width="14" height="14" viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="2" strokeLinecap="round" strokeLinejoin="round" aria-hidden>
            <path d={path} />
          </svg>
        </ActionIcon>
      ))}
    </Panel>
  );
}
