import { text } from "../../view/search";

export interface MapSearch {
  /** Against the stretch of the same length before. */
  compare?: "before";
  /** The node whose figures are shown. */
  node?: string;
  /** The call whose figures are shown; never beside a node. */
  edge?: string;
  /** The map as a table. */
  as?: "table";
}

export function mapSearchOf(search: Record<string, unknown>): MapSearch {
  const [node, edge] = [text(search["node"]), text(search["edge"])];
  return {
    ...(search["compare"] === "before" ? { compare: "before" } : {}),
    ...(search["as"] === "table" ? { as: "table" } : {}),
    ...(node === undefined ? {} : { node }),
    ...(edge === undefined || node !== undefined ? {} : { edge }),
  };
}
