import type { Span } from "./tree";

/** What time is spent on, as colours tell it. `connect` is work for a database connection, `gap` time that no span tells about. */
export type Category = Span["category"] | "connect" | "gap";

/**
 * The server calls every span of a database SQL. One that names neither statement nor operation (a pool opening a connection, a
 * driver logging in) sends none, and the server counts it as no call; neither do we.
 */
export function categoryOf({ category, db }: Pick<Span, "category" | "db">): Exclude<Category, "gap"> {
  if (category !== "sql") return category;
  return isSaid(db?.statement) || isSaid(db?.operation) ? "sql" : "connect";
}

function isSaid(text: string | null | undefined): boolean {
  return text !== null && text !== undefined;
}

/** A request comes in with this span: what is below it runs for the request, not for whoever sent it. */
export function isEntry({ kind }: Pick<Span, "kind">): boolean {
  return kind === "server" || kind === "consumer";
}

/** What a span waits for outside of the application's own code; null for code, and for work that came in. */
export function callOf(span: Span): Category | null {
  if (isEntry(span)) return null;
  const category = categoryOf(span);
  const leaves = span.kind === "client" || span.kind === "producer" || category === "sql" || category === "connect" || category === "external";
  return leaves ? category : null;
}
