import { parseOnboardingEvent } from "@naru/api";
import { useEventStream, type StreamState } from "@naru/ui";
import { useState } from "react";
import { addEvent, NO_EVENTS, type Onboarding } from "./onboarding";

/** The project's event log, live. */
export function useOnboarding(projectId: string): { onboarding: Onboarding; stream: StreamState } {
  const [onboarding, setOnboarding] = useState(NO_EVENTS);
  const stream = useEventStream(`/api/v1/projects/${encodeURIComponent(projectId)}/onboarding`, {
    onboarding: (data, id) => {
      const event = parseOnboardingEvent(data);
      if (event) setOnboarding((state) => addEvent(state, id, event));
    },
  });
  return { onboarding, stream };
}
