import type { FieldBox } from "@naru/charts";
import type { TransactionFilter } from "../../data/queries";

/** The durations of a box as the list asks for them. */
export function filterOfBox(box: FieldBox): Pick<TransactionFilter, "min_ms" | "max_ms"> {
  return { ...(box.min_ms > 0 ? { min_ms: box.min_ms } : {}), ...(box.max_ms === null ? {} : { max_ms: box.max_ms }) };
}

export function spanOfBox(box: FieldBox): { from: number; to: number } {
  return { from: box.from_ms, to: box.to_ms };
}
