import type { Console } from "@naru/api";
import type { ReactNode } from "react";

/** Our own plain signs for platforms; they stand beside the name and claim to be nobody's logo. */
const GLYPHS: Record<Console.Platform, { tone: string; shape: ReactNode }> = {
  java: {
    tone: "#d9652b",
    shape: (
      <>
        <path d="M6 11h9v4.2A3.8 3.8 0 0 1 11.2 19H9.8A3.8 3.8 0 0 1 6 15.200z" />
        <path d="M15 12h1.400a2 2 0 0 1 0 4H15M8.5 8.200c0-1.6 1.6-1.6 1.6-3.200M12 8.200c0-1.6 1.6-1.6 1.6-3.2" />
      </>
    ),
  },
  "spring-boot": {
    tone: "#4f9a3b",
    shape: (
      <>
        <path d="M5 18c0-8 5-12 14-13 .5 9-4 14-11 13" />
        <path d="M5 19c2-5 5-7.5 9-9" />
      </>
    ),
  },
  tomcat: {
    tone: "#b8860b",
    shape: (
      <>
        <path d="M6 9 6.5 5 10 7.500h4L17.5 5 18 9c1 5-2 9.5-6 9.500S5 14 6 9z" />
        <path d="M9.5 12h.01M14.5 12h.01M11 15l1 .8 1-.8" />
      </>
    ),
  },
  nodejs: {
    tone: "#3f8f45",
    shape: (
      <>
        <path d="M12 3.5 19.5 8v8L12 20.5 4.5 16V8z" />
        <path d="M9 15.500V9l6 6.500V9" />
      </>
    ),
  },
  python: {
    tone: "#3776ab",
    shape: (
      <>
        <path d="M9 11h6a3 3 0 0 0 3-3V7a3 3 0 0 0-3-3h-3a3 3 0 0 0-3 3v1.5" />
        <path d="M15 13H9a3 3 0 0 0-3 3v1a3 3 0 0 0 3 3h3a3 3 0 0 0 3-3v-1.500M12 7h.01M12 17h.01" />
      </>
    ),
  },
  php: {
    tone: "#6d74b3",
    shape: (
      <>
        <ellipse cx="12" cy="12" rx="9" ry="6" />
        <path d="M8 14v-4h1.500a1.2 1.2 0 0 1 0 2.500H8M14 14v-4h1.500a1.2 1.2 0 0 1 0 2.500H14M12 9.500v4" />
      </>
    ),
  },
  go: {
    tone: "#0e93b5",
    shape: (
      <>
        <path d="M11.5 9.500A3.5 3.5 0 1 0 12 13H9.5" />
        <circle cx="17" cy="12.5" r="3.3" />
        <path d="M3 10.500h3M2 13h3" />
      </>
    ),
  },
  dotnet: {
    tone: "#6b4fc9",
    shape: (
      <>
        <rect x="4" y="4" width="16" height="16" rx="3.5" />
        <path d="M7.2 15h.01M9.5 15V9.500l4 5.500V9.500M16 9.500v5.5" />
      </>
    ),
  },
  kubernetes: {
    tone: "#326ce5",
    shape: (
      <>
        <path d="M12 3.5 18.7 6.8 20.3 14 15.7 20H8.300L3.7 14 5.3 6.800z" />
        <circle cx="12" cy="12.3" r="2.3" />
        <path d="M12 10V7M14.2 13.200l2.6 1.500M9.8 13.200l-2.6 1.5" />
      </>
    ),
  },
  host: {
    tone: "#5a6275",
    shape: (
      <>
        <rect x="4.5" y="4.5" width="15" height="6.5" rx="1.8" />
        <rect x="4.5" y="13" width="15" height="6.5" rx="1.8" />
        <path d="M8 7.800h.01M8 16.300h.01M12 7.800h4M12 16.300h4" />
      </>
    ),
  },
  "cloud-foundry": {
    tone: "#0c7f8c",
    shape: (
      <>
        <path d="M7.5 17a4 4 0 0 1-.4-8A5.2 5.2 0 0 1 17 10.2 3.5 3.5 0 0 1 16.5 17z" />
        <path d="M12 20v-6M9.8 16 12 13.8 14.2 16" />
      </>
    ),
  },
  opentelemetry: {
    tone: "#2257e7",
    shape: (
      <>
        <path d="m4.5 14.5 9.5-5 1.8 3.3-9.5 5z" />
        <path d="m14 8 3.5-1.9 3 5.4-3.5 1.900zM10.5 15.5 12.5 20M10.5 15.5 8.5 20" />
      </>
    ),
  },
};

export function PlatformGlyph({ platform, size = 24 }: { platform: Console.Platform; size?: number }) {
  const { tone, shape } = GLYPHS[platform];
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke={tone}
      strokeWidth="1.7"
      strokeLinecap="round"
      strokeLinejoin="round"
      style={{ flex: "none" }}
      aria-hidden
    >
      {shape}
    </svg>
  );
}
