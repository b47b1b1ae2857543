/** Zones that `Intl` knows only as an offset, though their readers know a name. */
const NAMES: Readonly<Record<string, string>> = { "Asia/Seoul": "KST", "Asia/Tokyo": "JST" };

/** The zone a moment is told in: `KST (UTC+9)`, or only `UTC+5:30` where no short name is common. */
export function formatZone(at: number, timeZone?: string): string {
  const [name, offset] = [nameOf(at, timeZone), offsetOf(at, timeZone)];
  return name === null || name === "UTC" ? (name ?? offset) : `${name} (${offset})`;
}

/** The same without room: `KST`. */
export function zoneShort(at: number, timeZone?: string): string {
  return nameOf(at, timeZone) ?? offsetOf(at, timeZone);
}

function nameOf(at: number, timeZone: string | undefined): string | null {
  const known = NAMES[timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone];
  if (known !== undefined) return known;
  const name = partOf(at, "short", timeZone);
  return /^[A-Z]{2,5}$/.test(name) && name !== "GMT" ? name : null;
}

function offsetOf(at: number, timeZone: string | undefined): string {
  return partOf(at, "shortOffset", timeZone).replace("GMT", "UTC");
}

/** Names and offsets are written alike in both languages. */
function partOf(at: number, style: "short" | "shortOffset", timeZone: string | undefined): string {
  const parts = new Intl.DateTimeFormat("en-US", { timeZoneName: style, timeZone }).formatToParts(at);
  return parts.find(({ type }) => type === "timeZoneName")?.value ?? "UTC";
}
