import type { Apm } from "@naru/api";
import { useEventStream, type StreamState } from "@naru/ui";
import { learnExact } from "../data/clock";

interface Feed {
  /** Null = nothing is followed. */
  project: string | null;
  application: string | undefined;
  instance: string | undefined;
  onPoints: (points: Apm.LivePoint[]) => void;
  /** Points were left out because there were too many, or the stream began anew: counts must be asked again. */
  onMissed: () => void;
}

/** Transactions as they become queryable, pushed by the server. */
export function useLiveFeed({ project, application, instance, onPoints, onMissed }: Feed): StreamState {
  const url = project === null ? null : `/api/v1/projects/${encodeURIComponent(project)}/live`;
  return useEventStream(url, {
    hello: (data) => {
      const hello = parse<Apm.LiveHello>(data);
      if (hello) learnExact(hello.server_ms);
      onMissed();
    },
    transactions: (data) => {
      const batch = parse<Apm.LiveTransactions>(data);
      if (!batch) return;
      const points = application === undefined ? batch.points : batch.points.filter((point) => point.application === application && (instance === undefined || point.instance === instance));
      if (points.length > 0) onPoints(points);
      if (batch.omitted > 0) onMissed();
    },
  });
}

function parse<T>(data: string): T | null {
  try {
    return JSON.parse(data) as T;
  } catch {
    return null;
  }
}
