/** `nlk_ap-ne2_4f…7Qd2` on screen: which key it is, never the key. The same form as the server's hints. */
export function maskKey(key: string): string {
  const start = key.lastIndexOf("_") + 3;
  return `${key.slice(0, start)}…${key.slice(-4)}`;
}

export type SegmentKind = "plain" | "name" | "secret" | "comment";

export interface Segment {
  kind: SegmentKind;
  text: string;
}

/** A snippet for the screen: the key masked (null = there is none in it), setting names and comments set apart. */
export function segmentsOf(code: string, key: string | null): Segment[] {
  if (key === null) return plainSegments(code).filter((segment) => segment.text !== "");
  const segments: Segment[] = [];
  const masked = maskKey(key);
  code.split(key).forEach((part, index) => {
    if (index > 0) segments.push({ kind: "secret", text: masked });
    segments.push(...plainSegments(part));
  });
  return segments.filter((segment) => segment.text !== "");
}

/** Text selected by hand holds the mask; what is copied holds the key. */
export function unmask(selected: string, key: string | null): string {
  if (key === null) return selected;
  return selected.split(maskKey(key)).join(key);
}

function plainSegments(text: string): Segment[] {
  return text.split(/(\bOTEL_[A-Z0-9_]+\b|^\s*(?:#|\/\/).*$)/m).map((part, index) => {
    if (index % 2 === 0) return { kind: "plain", text: part };
    return { kind: part.startsWith("OTEL_") ? "name" : "comment", text: part };
  });
}
