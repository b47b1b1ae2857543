/**
 * The server's clock. A browser may be minutes off; ranges and the Transaction Field must not be.
 *
 * Learned from `hello` of the live stream (to the ms) and from the `Date` header of answers (to the second).
 */
const HEADER_COARSE_MS = 2000;

let offsetMs = 0;
let exact = false;

export function serverNow(): number {
  return Date.now() + offsetMs;
}

export function learnExact(serverMs: number): void {
  offsetMs = serverMs - Date.now();
  exact = true;
}

export function learnHeader(date: string | null): void {
  const serverMs = date === null ? NaN : Date.parse(date);
  if (exact || !Number.isFinite(serverMs)) return;
  const distance = serverMs - Date.now();
  offsetMs = Math.abs(distance) > HEADER_COARSE_MS ? distance : 0;
}
