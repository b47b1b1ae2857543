import { COLUMN_IDS } from "./columns";

export interface Sorting {
  id: string;
  desc: boolean;
}

const NEWEST: Sorting = { id: "time", desc: true };

/** What the URL says; a column we don't know sorts as none. */
export function sortingOf(sort: string | undefined): Sorting {
  const id = COLUMN_IDS.find((name) => name === sort?.replace(/^-/, ""));
  return id === undefined ? NEWEST : { id, desc: sort?.startsWith("-") === true };
}

/** How the URL says it; what is usual is not said. */
export function sortText({ id, desc }: Sorting): string | undefined {
  return id === NEWEST.id && desc === NEWEST.desc ? undefined : `${desc ? "-" : ""}${id}`;
}
