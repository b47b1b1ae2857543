import { exportLines, otlpVariables, type Variable } from "./environment";
import type { Guide } from "./guide";

/** Only the machine itself is asked who it is; the Python SDK's detectors never reach for a cloud's metadata address then. */
const VARIABLES: Variable[] = [
  ["OTEL_PYTHON_LOGGING_AUTO_INSTRUMENTATION_ENABLED", "true"],
  ["OTEL_EXPERIMENTAL_RESOURCE_DETECTORS", "otel,os,process"],
];

/**
 * Pinned, and the same as the demo shop's: the instrumentations are released one by one, and the bootstrap of a version
 * whose instrumentations are not all there yet installs some of them and says nothing.
 */
const AGENT = "opentelemetry-distro==0.66b1 opentelemetry-exporter-otlp==1.45.1";

const INSTALL = {
  linux: [
    "python3 -m venv .venv",
    ". .venv/bin/activate",
    "if [ -f requirements.txt ]; then pip install -r requirements.txt; fi",
    `pip install ${AGENT}`,
    "opentelemetry-bootstrap -a install",
  ],
  windows: [
    "py -m venv .venv",
    ".venv\\Scripts\\Activate.ps1",
    "if (Test-Path requirements.txt) { pip install -r requirements.txt }",
    `pip install ${AGENT}`,
    "opentelemetry-bootstrap -a install",
  ],
};

export const python: Guide = {
  id: "python",
  shells: ["linux", "windows"],
  requires: "Python 3.9+",
  steps: (connection, shell) => [
    { title: "installAgent", code: INSTALL[shell].join("\n"), note: "pythonVenv" },
    { title: "setEnvironment", code: exportLines([...otlpVariables(connection), ...VARIABLES], shell) },
    { title: "runPrefixed", code: "opentelemetry-instrument python app.py", note: "pythonServers" },
  ],
};
