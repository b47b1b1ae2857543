import { useEffect, useRef, useState } from "react";
import { openEventStream, type StreamHandler, type StreamState } from "./eventStream";

/**
 * Follows `url` while the component is shown; `null` follows nothing. The event names must stay the same between renders,
 * the handlers may change.
 */
export function useEventStream(url: string | null, on: Record<string, StreamHandler>): StreamState {
  const [state, setState] = useState<StreamState>("connecting");
  const handlers = useRef(on);
  useEffect(() => {
    handlers.current = on;
  });
  useEffect(() => {
    if (url === null) return undefined;
    const names = Object.keys(handlers.current);
    return openEventStream(url, {
      on: Object.fromEntries(names.map((name) => [name, (data, id) => handlers.current[name]?.(data, id)])),
      onState: setState,
    });
  }, [url]);
  return state;
}
