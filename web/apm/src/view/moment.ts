/** The last moment that `Date` can hold, ms. */
const MOMENT_MAX_MS = 8.64e15;
const RFC_3339 = /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})$/;

/** A moment in an address, as the API takes them, too: unix ms or RFC 3339. Unix ms; undefined when it is neither. */
export function moment(value: unknown): number | undefined {
  const ms = typeof value === "string" ? parseRfc3339(value) : value;
  return typeof ms === "number" && ms > 0 && ms <= MOMENT_MAX_MS ? ms : undefined;
}

function parseRfc3339(text: string): number | undefined {
  // In an address a `+` that nobody escaped is a space.
  const written = text.trim().replace(/ (?=\d{2}:\d{2}$)/, "+");
  const parts = RFC_3339.exec(written)?.slice(1).map(Number);
  if (!parts) return undefined;
  const [year = 0, month = 0, day = 0] = parts;
  // `Date` takes 31 February for 3 March.
  const date = new Date(Date.UTC(year, month - 1, day));
  const ms = date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? Date.parse(written.replace(" ", "T")) : NaN;
  return Number.isFinite(ms) ? ms : undefined;
}
