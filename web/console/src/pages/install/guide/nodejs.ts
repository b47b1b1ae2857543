import { exportLines, otlpVariables } from "./environment";
import type { Guide } from "./guide";

/**
 * Pinned, and the same as the demo shop's (infra/demo/stock): a broken release must not break somebody's first minutes.
 */
const AGENT = "@opentelemetry/api@1.9.1 @opentelemetry/auto-instrumentations-node@0.81.2";

export const nodejs: Guide = {
  id: "nodejs",
  shells: ["linux", "windows"],
  requires: "Node.js 18.19+",
  steps: (connection, shell) => [
    {
      title: "installPackages",
      code: `npm install --save-exact ${AGENT}`,
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
