import type { OnboardingEvent } from "@naru/api";
import { useFormat } from "@naru/ui";
import { useTranslation } from "react-i18next";
import { knownReason, knownRejection } from "./onboarding";

const signalOf = (name: string) => (name === "metrics" || name === "logs" ? name : "traces");

/** `telemetry.sdk.language` as people write it. */
const LANGUAGES: Record<string, string> = {
  cpp: "C++",
  dotnet: ".NET",
  erlang: "Erlang",
  go: "Go",
  java: "Java",
  nodejs: "Node.js",
  php: "PHP",
  python: "Python",
  ruby: "Ruby",
  rust: "Rust",
  swift: "Swift",
  webjs: "JavaScript",
};

/** `Python`, or with a distribution of its own name `Java (splunk-otel-java)`. */
export function agentName(language: string, agent: string): string {
  const name = LANGUAGES[language] ?? language;
  return agent === "" || agent === "opentelemetry" ? name : `${name} (${agent})`.trim();
}

export interface EventWords {
  text: string;
  fix?: string;
  /** The server's own sentence, for reasons this page has no words for. */
  detail?: string;
}

/** OTLP over HTTP where an installation doesn't say otherwise. */
const OTLP_HTTP_PORT = "4318";

/** Events in the reader's language. `httpPort` is this installation's, for remedies that name it. */
export function useEventWords(httpPort: string = OTLP_HTTP_PORT): (event: OnboardingEvent) => EventWords {
  const { t } = useTranslation("installLog");
  const format = useFormat();
  return (event) => {
    switch (event.kind) {
      case "key_accepted":
        return { text: t("log.key_accepted", { hint: event.key_hint, protocol: event.protocol, peer: event.peer }) };
      case "agent_seen":
        return {
          text: t("log.agent_seen", {
            agent: agentName(event.language, event.agent),
            version: event.version,
            application: event.application,
          }),
        };
      case "clock_offset": {
        const offset = format.duration(Math.abs(event.offset_ms));
        const key = event.offset_ms >= 0 ? "log.clock_ahead" : "log.clock_behind";
        return { text: t(key, { application: event.application, offset }), fix: t("fix.clock") };
      }
      case "first_span":
        return { text: t("log.first_span", { operation: event.operation, application: event.application }) };
      case "first_signal": {
        return { text: t(`log.first_signal.${signalOf(event.signal)}`, { application: event.application }) };
      }
      case "refused":
        return refused(event.reason, event.detail, event.peer);
      case "rejected":
        return rejected(event.signal, event.count, event.reason);
      case "put_aside":
        return { text: t("log.put_aside", { signal: t(`signal.${signalOf(event.signal)}`), size: format.bytes(event.bytes) }), detail: event.reason, fix: t("fix.put_aside") };
      case "test_trace":
        return { text: t("log.test_trace"), detail: event.trace_id };
    }
  };

  function rejected(signal: string, count: number, code: string): EventWords {
    const known = knownRejection(code);
    const reason = known ? t(`rejection.${known}`) : code;
    const text = t("log.rejected", { count, signal: t(`signal.${signalOf(signal)}`), reason });
    return known === "too_far_ahead" ? { text, fix: t("fix.clock") } : { text };
  }

  function refused(code: string, detail: string, peer: string): EventWords {
    const reason = knownReason(code);
    if (reason === null) return { text: t("log.refusedLine", { peer, reason: code }), detail };
    return { text: t("log.refusedLine", { peer, reason: t(`reason.${reason}`) }), fix: t(`fix.${reason}`, { port: httpPort }) };
  }
}
