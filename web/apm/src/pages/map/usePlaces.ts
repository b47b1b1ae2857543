import { useEffect, useMemo, useState } from "react";
import { shapeOf, type Graph } from "./graph";
import { layOut, type Box, type Places } from "./layout";

interface State {
  places: Places | null;
  failed: boolean;
  /** Whether they are for a narrow screen. */
  narrow: boolean;
}

/**
 * Places of a map's nodes. Figures that change move nothing; only another set of nodes or calls does, and until its places are known
 * the ones before stay. Null before the first. On a narrow screen calls lead down, else to where more can be read; once they lead
 * somewhere, more calls don't turn the map.
 */
export function usePlaces(graph: Graph | null, narrow: boolean, box: () => Box): Pick<State, "places" | "failed"> {
  const shape = useMemo(() => (graph ? shapeOf(graph) : null), [graph]);
  const [state, setState] = useState<State>({ places: null, failed: false, narrow });
  useEffect(() => {
    if (!graph) return undefined;
    let late = false;
    const led = state.narrow === narrow ? state.places?.direction : undefined;
    layOut(graph, narrow ? "down" : (led ?? box())).then(
      (places) => !late && setState({ places, failed: false, narrow }),
      () => !late && setState((before) => ({ ...before, failed: true })),
    );
    return () => {
      late = true;
    };
    // The shape says all that a layout depends on.
  }, [shape, narrow]);
  return state;
}
