import { useEffect, useMemo, useState } from "react";
import { shapeOf, type Graph } from "./graph";
import { layOut, type Direction, type Places } from "./layout";

/**
 * Places of a map's nodes. Figures that change move nothing; only another set of nodes or calls does, and until its places are known
 * the ones before stay. Null before the first.
 */
export function usePlaces(graph: Graph | null, direction: Direction): { places: Places | null; failed: boolean } {
  const shape = useMemo(() => (graph ? shapeOf(graph) : null), [graph]);
  const [state, setState] = useState<{ places: Places | null; failed: boolean }>({ places: null, failed: false });
  useEffect(() => {
    if (!graph) return undefined;
    let late = false;
    layOut(graph, direction).then(
      (places) => !late && setState({ places, failed: false }),
      () => !late && setState((before) => ({ ...before, failed: true })),
    );
    return () => {
      late = true;
    };
    // The shape says all that a layout depends on.
  }, [shape, direction]);
  return state;
}
