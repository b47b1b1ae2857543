import { useCanGoBack, useLocation, useRouter } from "@tanstack/react-router";
import type { MouseEvent } from "react";

/** Pages a trace can be opened from. */
export const ORIGINS = ["dashboard", "transactions", "logs", "trace"] as const;
export type Origin = (typeof ORIGINS)[number];

declare module "@tanstack/react-router" {
  interface HistoryState {
    /** Travels with the history entry, not with the link: a colleague who gets the URL comes from nowhere. */
    from?: Origin;
  }
}

export function cameFrom(from: Origin): { from: Origin } {
  return { from };
}

export interface Back {
  /** Null when the page was opened by its address. */
  from: Origin | null;
  /** Goes back in the history, to the same filters, rows and place; a click with a key held opens the link as usual. */
  onClick: ((event: MouseEvent) => void) | undefined;
}

/** The way back from a trace: where its reader came from, if it was opened from a page of ours in this tab. */
export function useBack(): Back {
  const router = useRouter();
  const known = useCanGoBack();
  const from = useLocation({ select: ({ state }) => ORIGINS.find((origin) => origin === (state as { from?: unknown }).from) });
  if (!known || from === undefined) return { from: null, onClick: undefined };
  return {
    from,
    onClick: (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      router.history.back();
    },
  };
}
