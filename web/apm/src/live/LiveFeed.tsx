import type { Apm } from "@naru/api";
import { useEventStream, type StreamState } from "@naru/ui";
import { createContext, useCallback, useContext, useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { learnExact } from "../data/clock";

/** Who hears transactions as they become queryable. */
export interface Follower {
  onPoints: (points: Apm.LivePoint[]) => void;
  /** Points were left out because there were too many, or the stream broke in between: counts must be asked again. */
  onMissed: () => void;
}

interface Feed {
  /** Null = nobody on this page follows it. */
  stream: StreamState | null;
  follow: (follower: Follower) => () => void;
}

const FeedContext = createContext<Feed>({ stream: null, follow: () => () => {} });

interface Props {
  project: string;
  /** A fixed stretch of time has nothing to follow. */
  sliding: boolean;
  children: ReactNode;
}

/** One stream of a project's transactions for all that follow it on a page, open as long as anybody does. */
export function LiveFeed({ project, sliding, children }: Props) {
  const followers = useRef(new Set<Follower>());
  const [count, setCount] = useState(0);
  const url = sliding && count > 0 ? `/api/v1/projects/${encodeURIComponent(project)}/live` : null;
  const greeted = useRef(false);
  const missed = () => followers.current.forEach((follower) => follower.onMissed());
  const stream = useEventStream(url, {
    hello: (data) => {
      const hello = parse<Apm.LiveHello>(data);
      if (hello) learnExact(hello.server_ms);
      // The first hello comes with everybody's first question under way; a later one after a break.
      if (greeted.current) missed();
      greeted.current = true;
    },
    transactions: (data) => {
      const batch = parse<Apm.LiveTransactions>(data);
      if (!batch) return;
      if (batch.points.length > 0) followers.current.forEach((follower) => follower.onPoints(batch.points));
      if (batch.omitted > 0) missed();
    },
  });
  useEffect(() => {
    greeted.current = false;
  }, [url]);
  const follow = useCallback((follower: Follower) => {
    followers.current.add(follower);
    setCount(followers.current.size);
    return () => {
      followers.current.delete(follower);
      setCount(followers.current.size);
    };
  }, []);
  const feed = useMemo<Feed>(() => ({ stream: url === null ? null : stream, follow }), [url, stream, follow]);
  return <FeedContext.Provider value={feed}>{children}</FeedContext.Provider>;
}

/** Follows the page's stream while there is a follower; its functions may change from one drawing to the next. */
export function useFollow(follower: Follower | null): void {
  const { follow } = useContext(FeedContext);
  const latest = useRef(follower);
  useEffect(() => {
    latest.current = follower;
  });
  const follows = follower !== null;
  useEffect(() => {
    if (!follows) return undefined;
    return follow({ onPoints: (points) => latest.current?.onPoints(points), onMissed: () => latest.current?.onMissed() });
  }, [follow, follows]);
}

/** How the page's stream is doing; null = it follows none. */
export function useStreamState(): StreamState | null {
  return useContext(FeedContext).stream;
}

function parse<T>(data: string): T | null {
  try {
    return JSON.parse(data) as T;
  } catch {
    return null;
  }
}
