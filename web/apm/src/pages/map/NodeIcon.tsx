import type { Apm } from "@naru/api";

const PATHS: Record<Apm.MapNode["kind"], string> = {
  application: "M12 3l8 4.5v9L12 21l-8-4.5v-9zM12 12l8-4.5M12 12v9M12 12L4 7.5",
  outside: "M12 4.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM5 20c.6-4 3.4-6 7-6s6.4 2 7 6",
  database: "M4 6.5C4 4.6 7.6 3 12 3s8 1.6 8 3.5S16.4 10 12 10 4 8.4 4 6.5zM4 6.5v11C4 19.4 7.6 21 12 21s8-1.6 8-3.5v-11M4 12c0 1.9 3.6 3.5 8 3.5s8-1.6 8-3.5",
  queue: "M3 7h5v10H3zM10 7h5v10h-5zM17 9.5l4 2.5-4 2.5z",
  external: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM3.5 9.5h17M3.5 14.5h17M12 3c5 5.5 5 12.5 0 18M12 3c-5 5.5-5 12.5 0 18",
};

/** What kind of thing a node is, beside the word for it. */
export function NodeIcon({ kind, size = 16 }: { kind: Apm.MapNode["kind"]; size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.7" strokeLinecap="round" strokeLinejoin="round" aria-hidden>
      <path d={PATHS[kind]} />
    </svg>
  );
}
