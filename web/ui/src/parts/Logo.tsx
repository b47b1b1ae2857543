/** The mark: a gate (나루, a ferry landing) with a live line through it. */
export function Logo({ size = 20, name = true }: { size?: number; name?: boolean }) {
  return (
    <span style={{ display: "inline-flex", alignItems: "center", gap: size * 0.45 }}>
      <svg width={size} height={size} viewBox="0 0 24 24" aria-hidden={name} role={name ? undefined : "img"}>
        {!name && <title>Naru</title>}
        <rect width="24" height="24" rx="6.5" fill="#2b60ee" />
        <path d="M24 0v0H6.5A6.5 6.5 0 0 0 0 6.5v11l24-17.5z" fill="#35c2f1" opacity=".42" />
        <path
          d="M6.2 17V7.2l5.8 6.6 5.8-6.6V17"
          fill="none"
          stroke="#fff"
          strokeWidth="2.3"
          strokeLinecap="round"
          strokeLinejoin="round"
        />
      </svg>
      {name && <span style={{ fontWeight: 680, fontSize: size * 0.8, letterSpacing: "-0.01em" }}>Naru</span>}
    </span>
  );
}
