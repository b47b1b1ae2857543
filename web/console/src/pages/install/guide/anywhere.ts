import { collectorConfig } from "./collector";
import { exportLines, grpcVariables, otlpVariables, shellQuoted } from "./environment";
import type { Guide } from "./guide";

export const opentelemetry: Guide = {
  id: "opentelemetry",
  shells: ["linux", "windows"],
  requires: "OTLP 1.0+",
  steps: (connection, shell) => [
    { title: "setEnvironment", code: exportLines(otlpVariables(connection), shell) },
    { title: "otlpGrpc", code: exportLines(grpcVariables(connection), shell), note: "onlyOneOf", aside: true },
    {
      title: "collectorConfig",
      file: "otel-collector.yaml",
      code: collectorConfig(connection, connection.key),
      aside: true,
    },
  ],
};

export const cloudFoundry: Guide = {
  id: "cloud-foundry",
  shells: ["linux"],
  requires: "cf CLI 8",
  steps: (connection) => {
    const app = connection.application;
    const variables = otlpVariables(connection)
      // The platform knows the instance; a host name of the machine that types this would be wrong.
      .filter(([name]) => name !== "OTEL_RESOURCE_ATTRIBUTES")
      .concat([["OTEL_NODE_RESOURCE_DETECTORS", "env,host,os,process"]]);
    return [
      {
        title: "setApplication",
        code: variables.map(([name, value]) => `cf set-env ${app} ${name} ${shellQuoted(value)}`).join("\n"),
        note: "agentInside",
      },
      { title: "restage", code: `cf restage ${app}` },
    ];
  },
};
