const PATHS = {
  dashboard: "M3 12h4v7H3zM10 5h4v14h-4zM17 9h4v10h-4z",
  applications: "M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM13 13h7v7h-7z",
  map: "M5 4h5v5H5zM14 15h5v5h-5zM5 15h5v5H5zM7.5 9v6M10 17.5h4M10 6.5h6.5V15",
  transactions: "M4 7h10M4 12h16M4 17h7M18 17h2",
  metrics: "M3 17l5-6 4 4 4-8 5 7",
  logs: "M5 5h14M5 10h14M5 15h9M5 20h6",
  search: "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM16 16l4.5 4.5",
  pause: "M8 5v14M16 5v14",
  play: "M7 5l12 7-12 7z",
  chevron: "M6 9l6 6 6-6",
  console: "M4 6l6 6-6 6M12 18h8",
  menu: "M4 6h16M4 12h16M4 18h16",
  close: "M6 6l12 12M18 6L6 18",
} as const;

export type IconName = keyof typeof PATHS;

/** A line drawing beside a word; never instead of one without a label. */
export function Icon({ name, size = 15 }: { name: IconName; size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.9" strokeLinecap="round" strokeLinejoin="round" aria-hidden>
      <path d={PATHS[name]} />
    </svg>
  );
}
