export interface Paced {
  /** Runs now, or as soon as it may; asking often is asking once. */
  ask: () => void;
  /** What is still wanted is forgotten. */
  stop: () => void;
}

/** Runs at most once in `everyMs` and never twice at a time. What is asked for during a run is done after it, so that the last word counts. */
export function atMostEvery(everyMs: number, run: () => Promise<unknown>): Paced {
  let wanted = false;
  let busy = false;
  function start() {
    wanted = false;
    busy = true;
    const pause = new Promise((resolve) => setTimeout(resolve, everyMs));
    void Promise.allSettled([run(), pause]).then(() => {
      busy = false;
      if (wanted) start();
    });
  }
  return {
    ask: () => {
      wanted = true;
      if (!busy) start();
    },
    stop: () => {
      wanted = false;
    },
  };
}
