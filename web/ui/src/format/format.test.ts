import { expect, test } from "vitest";
import { formatDuration, formatMs, formatStopwatch } from "./duration";
import { formatBytes, formatCompact, formatNumber, formatPercent } from "./number";
import { formatAgo, formatTime } from "./time";
import { formatZone, zoneShort } from "./zone";

test.each([
  [0, "0 ms", "0 ms"],
  [0.00004, "<0.1 µs", "<0.1 µs"],
  [0.0421, "42 µs", "42 µs"],
  [0.9999, "1 ms", "1 ms"],
  [9.876, "9.88 ms", "9.88 ms"],
  [412.4, "412 ms", "412 ms"],
  [999.6, "1 s", "1초"],
  [4812, "4.81 s", "4.81초"],
  [59_999, "1 min", "1분"],
  [90_000, "1 min 30 s", "1분 30초"],
  [3_599_700, "1 h", "1시간"],
  [5_400_000, "1 h 30 min", "1시간 30분"],
  [-540_000, "-9 min", "-9분"],
  [91 * 3_600_000, "3 d 19 h", "3일 19시간"],
])("%d ms reads as %s and %s", (ms, en, ko) => {
  expect([formatDuration(ms, "en"), formatDuration(ms, "ko")]).toEqual([en, ko]);
});

test("a cell of less than a tenth of a millisecond never reads as none", () => {
  expect([0, 0.02, 0.0999, 0.1, 0.14, 9.96, 4812.4].map((ms) => formatMs(ms, "en"))).toEqual(["0", "<0.1", "<0.1", "0.1", "0.1", "10", "4,812"]);
});

test.each([
  ["Asia/Seoul", "2026-01-31T00:00:00Z", "KST (UTC+9)", "KST"],
  ["Asia/Kolkata", "2026-01-31T00:00:00Z", "UTC+5:30", "UTC+5:30"],
  ["America/New_York", "2026-01-31T00:00:00Z", "EST (UTC-5)", "EST"],
  ["America/New_York", "2026-07-31T00:00:00Z", "EDT (UTC-4)", "EDT"],
  ["Etc/UTC", "2026-01-31T00:00:00Z", "UTC", "UTC"],
])("the zone of %s at %s is %s, short %s", (zone, at, long, short) => {
  expect([formatZone(Date.parse(at), zone), zoneShort(Date.parse(at), zone)]).toEqual([long, short]);
});

test("a stopwatch shows minutes and seconds, hours only when there are any", () => {
  expect([47_900, 723_000, 3_723_000, -5].map(formatStopwatch)).toEqual(["00:47", "12:03", "1:02:03", "00:00"]);
});

test("numbers are grouped, compact ones by the language's own steps", () => {
  expect(formatNumber(1234567.8, "ko")).toBe("1,234,568");
  expect([formatCompact(31204, "en"), formatCompact(31204, "ko")]).toEqual(["31.2K", "3.1만"]);
});

test("a small share never reads as none", () => {
  expect([0, 0.00004, 0.0038, 0.123].map((share) => formatPercent(share, "en"))).toEqual(["0%", "<0.01%", "0.38%", "12.3%"]);
});

test("bytes step by 1024", () => {
  expect([512, 1536, 123 * 1024 ** 2, 2.5 * 1024 ** 3].map((bytes) => formatBytes(bytes, "en"))).toEqual([
    "512 B",
    "1.5 KiB",
    "123 MiB",
    "2.5 GiB",
  ]);
});

test("a moment is told in 24 hours in both languages", () => {
  const at = "2026-01-31T15:04:05.678Z";
  expect(formatTime(at, "en", "time", "Asia/Seoul")).toBe("00:04:05");
  expect(formatTime(at, "ko", "timeMs", "Asia/Seoul")).toBe("00:04:05.678");
});

test("a past moment is told by distance, a skewed one as now", () => {
  const now = Date.parse("2026-01-31T12:00:00Z");
  expect(formatAgo(now - 180_000, now, "ko")).toBe("3분 전");
  expect(formatAgo(now - 180_000, now, "en")).toBe("3 minutes ago");
  expect(formatAgo(now + 60_000, now, "ko")).toBe("방금");
});
