import { exportLines, otlpVariables, type Variable } from "./environment";
import type { Guide } from "./guide";

const RELEASES = "https://github.com/open-telemetry/opentelemetry-dotnet-instrumentation/releases/latest/download";

const VARIABLES: Variable[] = [["OTEL_DOTNET_AUTO_AZUREAPPSERVICE_RESOURCE_DETECTOR_ENABLED", "false"]];

const INSTALL = {
  linux: [
    "sudo apt-get update && sudo apt-get install -y curl unzip",
    `curl -fsSLO ${RELEASES}/otel-dotnet-auto-install.sh`,
    "sh ./otel-dotnet-auto-install.sh",
    'chmod +x "$HOME/.otel-dotnet-auto/instrument.sh"',
  ],
  windows: [
    `Invoke-WebRequest ${RELEASES}/OpenTelemetry.DotNet.Auto.psm1 -OutFile OpenTelemetry.DotNet.Auto.psm1`,
    "Import-Module .\\OpenTelemetry.DotNet.Auto.psm1",
    "Install-OpenTelemetryCore",
  ],
};

const RUN = {
  linux: ['. "$HOME/.otel-dotnet-auto/instrument.sh"', "dotnet run"],
  windows: ["Register-OpenTelemetryForCurrentSession -OTelServiceName $env:OTEL_SERVICE_NAME", "dotnet run"],
};

export const dotnet: Guide = {
  id: "dotnet",
  shells: ["linux", "windows"],
  requires: ".NET 8+",
  steps: (connection, shell) => [
    { title: "installAgent", code: INSTALL[shell].join("\n") },
    { title: "setEnvironment", code: exportLines([...otlpVariables(connection), ...VARIABLES], shell) },
    { title: "run", code: RUN[shell].join("\n"), note: "dotnetOwnBuild" },
  ],
};
