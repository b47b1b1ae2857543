import { ApiError } from "@naru/api";
import { useLayoutEffect, useState } from "react";

/** A server that is asked too often usually says for how long; if it doesn't, a minute is what its windows last. */
const WAIT_UNNAMED_S = 60;

/** Seconds until a request refused as one too many may be sent again, counting down; 0 = now. */
export function useRetryWait(error: unknown): number {
  const refused = error instanceof ApiError && error.problem.status === 429 ? error : null;
  const [leftS, setLeftS] = useState(0);
  // Before the paint, so that nobody sees the words for zero first.
  useLayoutEffect(() => {
    if (refused === null) {
      setLeftS(0);
      return undefined;
    }
    const untilMs = Date.now() + (refused.retryAfterS ?? WAIT_UNNAMED_S) * 1000;
    const tick = () => {
      const left = Math.max(0, Math.ceil((untilMs - Date.now()) / 1000));
      setLeftS(left);
      if (left === 0) clearInterval(timer);
    };
    const timer = setInterval(tick, 1000);
    tick();
    return () => clearInterval(timer);
  }, [refused]);
  return leftS;
}
