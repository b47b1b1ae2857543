import { onlineManager, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { ApiError } from "@naru/api";
import type { StreamState } from "@naru/ui";
import { createContext, useContext, useEffect, useSyncExternalStore } from "react";
import type { FieldStatus } from "@naru/charts";
import { useStreamState } from "./LiveFeed";

/**
 * Whether what is on screen still follows the world. `unavailable`: the server answers that it can't; `reconnecting`: it doesn't
 * answer; `offline`: this browser has no network. All of them end by themselves.
 */
export type Connection = "live" | "connecting" | "reconnecting" | "unavailable" | "offline";

export interface Signs {
  online: boolean;
  /** Null = this page follows no stream. */
  stream: StreamState | null;
  /** HTTP status of a question that just failed, 0 = no answer; null = none did. */
  failed: number | null;
}

export function connectionOf({ online, stream, failed }: Signs): Connection {
  if (!online) return "offline";
  if (failed !== null && failed >= 502) return "unavailable";
  if (failed !== null || stream === "retrying") return "reconnecting";
  return stream === "connecting" ? "connecting" : "live";
}

/** The page below reports what its questions beside the query cache came to; the pill in the top bar tells. */
export const ReportFailed = createContext<(failed: number | null) => void>(() => {});

/** Tells the top bar when the live field of this page can't be loaded, as long as the page is shown. */
export function useReportFailed(status: FieldStatus): void {
  const report = useContext(ReportFailed);
  const failed = status.kind === "failed" ? outageOf(status.error) : null;
  useEffect(() => {
    report(failed);
    return () => report(null);
  }, [report, failed]);
}

/** `pageFailed`: as the page reported it. */
export function useConnection(pageFailed: number | null): Connection {
  const queries = useQueryClient();
  const stream = useStreamState();
  const online = useSyncExternalStore(onlineManager.subscribe.bind(onlineManager), () => onlineManager.isOnline());
  const failed = useSyncExternalStore(
    (changed) => queries.getQueryCache().subscribe(changed),
    () => failedOf(queries),
  );
  return connectionOf({ online, stream, failed: failed ?? pageFailed });
}

/** The worst outage among the questions of what is on screen; an answer since then ends it. */
export function failedOf(queries: QueryClient): number | null {
  let worst: number | null = null;
  for (const query of queries.getQueryCache().findAll({ type: "active" })) {
    const status = outageOf(query.state.fetchFailureReason ?? query.state.error);
    if (status !== null) worst = Math.max(worst ?? 0, status);
  }
  return worst;
}

/** A refusal is an answer; only silence and overload are an outage. */
function outageOf(error: unknown): number | null {
  if (!(error instanceof ApiError)) return null;
  const { status } = error.problem;
  return status === 0 || status >= 502 ? status : null;
}
