import "@xyflow/react/dist/base.css";
import { ActionIcon } from "@mantine/core";
import { MarkerType, Panel, ReactFlow, ReactFlowProvider, useNodesInitialized, useReactFlow, useStore, useStoreApi } from "@xyflow/react";
import { useEffect, useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useReducedMotion } from "@naru/charts";
import { useScheme } from "../../parts/useScheme";
import { around, healthOf, nearOf, type Edge, type Graph } from "./graph";
import { LABEL_HEIGHT, LABEL_WIDTH, NODE_HEIGHT, NODE_WIDTH, ZOOM_READABLE, type Places } from "./layout";
import { MapEdge, type MapFlowEdge } from "./MapEdge";
import { MapNode, type MapFlowNode } from "./MapNode";
import { useMapWords } from "./useMapWords";
import { movedInto, startOf } from "./viewport";
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
/** Known without measuring; until a node counts as measured, no view is fitted to it. */
const SIZE = { width: NODE_WIDTH, height: NODE_HEIGHT };
const EDGE_TYPES = { map: MapEdge };
/** Of more calls only those that need a look say their figures; the rest would hide each other. */
const SAID_MAX = 40;
const ZOOM_MIN = 0.15;
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
        return position ? [{ id: node.id, type: "map", position, style: { pointerEvents: "all" }, ...SIZE, measured: SIZE, data: { node, direction: places.direction, chosen: node.id === focus, aside: near !== null && !near.nodes.has(node.id), words, onChoose } }] : [];
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
        minZoom={ZOOM_MIN}
        maxZoom={2}
        aria-label={t("label")}
      >
        <FitToPlaces places={places} graph={graph} focus={focus} />
        <KeepInSight places={places} focus={focus} edge={chosenEdge} />
        <Zoom />
      </ReactFlow>
    </div>
  );
}

function needsLook(edge: Edge): boolean {
  return edge.change !== null || healthOf(edge.error_rate) !== "fine";
}

/**
 * Another set of nodes is shown whole, or what is looked at with its neighbours, or of a large map where calls come in; what the reader
 * moved stays as it is otherwise.
 */
function FitToPlaces({ places, graph, focus }: Pick<Props, "places" | "graph" | "focus">) {
  const { fitView, setViewport } = useReactFlow();
  const canvas = useCanvas();
  const ready = useNodesInitialized();
  const still = useReducedMotion();
  const seen = useRef(false);
  useEffect(() => {
    if (!ready) return;
    // A map that has just come isn't seen to move.
    const duration = still || !seen.current ? 0 : 250;
    seen.current = true;
    const { callers, called } = around(graph, focus ?? "");
    const near = focus !== null && places.nodes.has(focus) ? [{ id: focus }, ...callers.map(({ from }) => ({ id: from })), ...called.map(({ to }) => ({ id: to }))] : null;
    const start = near ? null : startOf(places, entryOf(graph), canvas.current(), FIT.minZoom, ZOOM_READABLE);
    if (start) void setViewport(start, { duration });
    else void fitView({ ...FIT, ...(near ? { nodes: near } : {}), duration });
    // Only new places move the map.
  }, [places, ready]);
  return null;
}

/** The canvas as large as it is when it is asked for. */
function useCanvas() {
  const store = useStoreApi();
  const read = useRef(() => ({ width: 0, height: 0 }));
  read.current = () => {
    const { width, height } = store.getState();
    return { width, height };
  };
  return read;
}

/** Where calls come in: from users, else what nobody calls. */
function entryOf({ nodes, edges }: Graph): string | undefined {
  return (nodes.find(({ kind }) => kind === "outside") ?? nodes.find(({ id }) => edges.every(({ to }) => to !== id)))?.id;
}

/** What is chosen isn't hidden by the panel that opens beside the map. */
function KeepInSight({ places, focus, edge }: Pick<Props, "places" | "focus" | "edge">) {
  const { getViewport, setViewport } = useReactFlow();
  const [width, height] = [useStore((state) => state.width), useStore((state) => state.height)];
  const still = useReducedMotion();
  useEffect(() => {
    const [node, label] = [places.nodes.get(focus ?? ""), places.calls.get(edge ?? "")?.label];
    const seen = node ? { ...node, width: NODE_WIDTH, height: NODE_HEIGHT } : label ? { x: label.x - LABEL_WIDTH / 2, y: label.y - LABEL_HEIGHT / 2, width: LABEL_WIDTH, height: LABEL_HEIGHT } : null;
    if (!seen || width === 0) return;
    const before = getViewport();
    const after = movedInto(before, seen, { width, height });
    if (after.x !== before.x || after.y !== before.y) void setViewport(after, { duration: still ? 0 : 250 });
    // Only another choice, or less room, moves the map.
  }, [focus, edge, width, height]);
  return null;
}

function Zoom() {
  const { t } = useTranslation("map");
  const { zoomIn, zoomOut, fitView } = useReactFlow();
  const buttons = [
    ["in", "M12 5v14M5 12h14", () => zoomIn()],
    ["out", "M5 12h14", () => zoomOut()],
    ["fit", "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5", () => fitView({ ...FIT, minZoom: ZOOM_MIN })],
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
