import { exportLines, otlpVariables, type Variable } from "./environment";
import type { Guide } from "./guide";

/** Only the machine itself is asked who it is; the Python SDK's detectors never reach for a cloud's metadata address then. */
const VARIABLES: Variable[] = [
  ["OTEL_PYTHON_LOGGING_AUTO_INSTRUMENTATION_ENABLED", "true"],
  ["OTEL_EXPERIMENTAL_RESOURCE_DETECTORS", "otel,os,process"],
];

const INSTALL = {
  linux: [
    "python3 -m venv .venv",
    ". .venv/bin/activate",
    "if [ -f requirements.txt ]; then pip install -r requirements.txt; fi",
    "pip install opentelemetry-distro opentelemetry-exporter-otlp",
    "opentelemetry-bootstrap -a install",
  ],
  windows: [
    "py -m venv .venv",
    ".venv\\Scripts\\Activate.ps1",
    "if (Test-Path requirements.txt) { pip install -r requirements.txt }",
    "pip install opentelemetry-distro opentelemetry-exporter-otlp",
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
