import { useRef, type KeyboardEvent, type RefObject } from "react";
import type uPlot from "uplot";
import { moveCursor } from "../cursor/cursorBus";
import { press } from "./keys";

interface Keyboard {
  chart: RefObject<uPlot | null>;
  /** Rising, in seconds. */
  moments: ArrayLike<number>;
  /** Where the shared cursor stands; null = nowhere. */
  index: number | null;
  syncKey: string;
  onRange: ((fromMs: number, toMs: number) => void) | undefined;
}

/** Handlers by which a chart is read and zoomed without a pointer; the cursor moves in all charts of the group. */
export function useSeriesKeys({ chart, moments, index, syncKey, onRange }: Keyboard) {
  const anchor = useRef<number | null>(null);
  const source = useRef({}).current;
  const ms = (at: number) => (moments[at] ?? 0) * 1000;
  const unmark = () => {
    anchor.current = null;
    chart.current?.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  };
  return {
    onKeyDown: (event: KeyboardEvent) => {
      const meant = press(index === null ? null : { index, anchor: anchor.current }, moments.length, event.key, event.shiftKey && onRange !== undefined, event.ctrlKey || event.altKey);
      if (!meant) return;
      event.preventDefault();
      if (meant.kind === "moved") {
        if (meant.place.anchor === null) unmark();
        else mark(chart.current, moments, meant.place.anchor, meant.place.index);
        anchor.current = meant.place.anchor;
        return moveCursor(syncKey, ms(meant.place.index), source);
      }
      unmark();
      moveCursor(syncKey, null, source);
      if (meant.kind === "zoom") onRange?.(ms(meant.from), ms(meant.to));
    },
    onBlur: () => {
      unmark();
      moveCursor(syncKey, null, source);
    },
  };
}

function mark(chart: uPlot | null, moments: ArrayLike<number>, a: number, b: number): void {
  if (!chart) return;
  const [from, to] = [chart.valToPos(moments[Math.min(a, b)] ?? 0, "x"), chart.valToPos(moments[Math.max(a, b)] ?? 0, "x")];
  chart.setSelect({ left: from, top: 0, width: to - from, height: chart.over.clientHeight }, false);
}
