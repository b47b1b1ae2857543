import type { Connection, Shell } from "./guide";

/** One environment variable. Values may hold `$(hostname)`, which both shells expand inside double quotes. */
export type Variable = readonly [name: string, value: string];

/**
 * What every agent needs to reach us, and to be live: spans leave after 1 s, metrics each 10 s.
 *
 * Protocol and port are always explicit, since agents disagree about both defaults.
 */
export function otlpVariables(connection: Connection): Variable[] {
  return [
    ["OTEL_SERVICE_NAME", connection.application],
    ["OTEL_RESOURCE_ATTRIBUTES", "service.instance.id=$(hostname)"],
    ["OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"],
    ["OTEL_EXPORTER_OTLP_ENDPOINT", withPort(connection.httpUrl)],
    ["OTEL_EXPORTER_OTLP_HEADERS", `x-naru-license=${connection.key}`],
    ["OTEL_TRACES_EXPORTER", "otlp"],
    ["OTEL_METRICS_EXPORTER", "otlp"],
    ["OTEL_LOGS_EXPORTER", "otlp"],
    ["OTEL_BSP_SCHEDULE_DELAY", "1000"],
    ["OTEL_BLRP_SCHEDULE_DELAY", "1000"],
    ["OTEL_METRIC_EXPORT_INTERVAL", "10000"],
  ];
}

/** The same over gRPC. */
export function grpcVariables(connection: Connection): Variable[] {
  return otlpVariables(connection).map(([name, value]): Variable => {
    if (name === "OTEL_EXPORTER_OTLP_PROTOCOL") return [name, "grpc"];
    if (name === "OTEL_EXPORTER_OTLP_ENDPOINT") return [name, withPort(connection.grpcUrl)];
    return [name, value];
  });
}

/** One line per variable: `export A=b` or `$env:A = "b"`. */
export function exportLines(variables: readonly Variable[], shell: Shell): string {
  return variables.map(([name, value]) => exportLine(name, value, shell)).join("\n");
}

export function exportLine(name: string, value: string, shell: Shell): string {
  return shell === "windows" ? `$env:${name} = "${value}"` : `export ${name}=${shellQuoted(value)}`;
}

/** Plain where a POSIX shell takes it plainly, else in double quotes, so that `$(hostname)` still expands. */
export function shellQuoted(value: string): string {
  if (/^[A-Za-z0-9_@%+=:,./-]+$/.test(value)) return value;
  return `"${value.replace(/["\\`]/g, "\\$&")}"`;
}

/** The URL with its port written out: some agents don't know that https means 443. */
export function withPort(url: string): string {
  const parsed = new URL(url);
  const path = parsed.pathname === "/" ? "" : parsed.pathname;
  return `${parsed.protocol}//${parsed.hostname}:${portOf(url)}${path}`;
}

export function portOf(url: string): string {
  const { port, protocol } = new URL(url);
  return port || (protocol === "https:" ? "443" : "80");
}

/** A name that is safe in every shell, file and header: `주문 서버 1` → `1`, empty → `my-app`. */
export function applicationName(text: string): string {
  const plain = text
    .trim()
    .replace(/[^A-Za-z0-9._-]+/g, "-")
    .replace(/^[-.]+|[-.]+$/g, "");
  return plain === "" ? "my-app" : plain.slice(0, 80);
}
