import { text } from "../../view/search";

export interface MapSearch {
  /** Against the stretch of the same length before. */
  compare?: "before";
  /** The node whose figures are shown. */
  node?: string;
  /** The map as a table. */
  as?: "table";
}

export function mapSearchOf(search: Record<string, unknown>): MapSearch {
  const node = text(search["node"]);
  return {
    ...(search["compare"] === "before" ? { compare: "before" } : {}),
    ...(search["as"] === "table" ? { as: "table" } : {}),
    ...(node === undefined ? {} : { node }),
  };
}
