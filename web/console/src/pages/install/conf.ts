import type { Console } from "@naru/api";
import { withPort } from "./guide/environment";

/** `naru.conf`: one `name=value` per line, `#` begins a comment. */
export function naruConf(project: Console.Project, install: Console.Install, key: string, application: string): string {
  return [
    `# Naru agent configuration of ${oneLine(project.name)}`,
    `license=${key}`,
    `project=${project.id}`,
    `region=${install.region}`,
    `application=${application}`,
    `otlp_http_endpoint=${withPort(install.otlp_http_url)}`,
    `otlp_grpc_endpoint=${withPort(install.otlp_grpc_url)}`,
    "otlp_header=x-naru-license",
    "span_export_interval_ms=1000",
    "metric_export_interval_ms=10000",
    "",
  ].join("\n");
}

/** An empty export: right key and address answer 200, and nothing is stored. */
export function pingCommand(install: Console.Install, key: string): string {
  return [
    `curl -i -X POST ${withPort(install.otlp_http_url)}/v1/traces \\`,
    "  -H 'content-type: application/json' \\",
    `  -H 'x-naru-license: ${key}' \\`,
    `  -d '{"resourceSpans":[]}'`,
  ].join("\n");
}

/** A project's name may hold anything; a comment ends with its line. */
function oneLine(text: string): string {
  return text.replace(/[\r\n]+/g, " ");
}

/** Offers a text as a file to keep. */
export function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
