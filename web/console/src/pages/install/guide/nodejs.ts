import { exportLines, otlpVariables } from "./environment";
import type { Guide } from "./guide";

export const nodejs: Guide = {
  id: "nodejs",
  shells: ["linux", "windows"],
  requires: "Node.js 18.19+",
  steps: (connection, shell) => [
    {
      title: "installPackages",
      code: "npm install --save @opentelemetry/api @opentelemetry/auto-instrumentations-node",
    },
    {
      title: "setEnvironment",
      // Without this list the agent asks four clouds for metadata at start and waits for each.
      code: exportLines(
        [...otlpVariables(connection), ["OTEL_NODE_RESOURCE_DETECTORS", "env,host,os,process"]],
        shell,
      ),
    },
    {
      title: "runPrefixed",
      code: "node --require @opentelemetry/auto-instrumentations-node/register app.js",
      note: "nodeEsm",
    },
  ],
};
