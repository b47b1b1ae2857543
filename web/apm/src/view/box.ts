import type { FieldBox } from "@naru/charts";
import type { View } from "./search";

/** The selected box a URL names. */
export function selectionOf(view: View): FieldBox | null {
  if (view.box_from === undefined || view.box_to === undefined) return null;
  return { from_ms: view.box_from, to_ms: view.box_to, min_ms: view.min_ms ?? 0, max_ms: view.max_ms ?? null };
}

export function viewOfBox(box: FieldBox): Partial<View> {
  return {
    box_from: box.from_ms,
    box_to: box.to_ms,
    min_ms: box.min_ms > 0 ? box.min_ms : undefined,
    max_ms: box.max_ms ?? undefined,
  };
}
