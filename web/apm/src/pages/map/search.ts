import { earlierIn, type Earlier } from "../../view/earlier";
import { text } from "../../view/search";

export interface MapSearch {
  /** Against an earlier stretch of the same length. */
  compare?: Earlier;
  /** The node whose figures are shown. */
  node?: string;
  /** The call whose figures are shown; never beside a node. */
  edge?: string;
  /** The map as a table. */
  as?: "table";
}

export function mapSearchOf(search: Record<string, unknown>): MapSearch {
  const compare = earlierIn(search["compare"]);
  const [node, edge] = [text(search["node"]), text(search["edge"])];
  return {
    ...(compare === undefined ? {} : { compare }),
    ...(search["as"] === "table" ? { as: "table" } : {}),
    ...(node === undefined ? {} : { node }),
    ...(edge === undefined || node !== undefined ? {} : { edge }),
  };
}
