import { exportLines, otlpVariables, type Variable } from "./environment";
import type { Guide } from "./guide";

const VARIABLES: Variable[] = [
  ["OTEL_PHP_AUTOLOAD_ENABLED", "true"],
  // A plain page has no framework that opens the request's span.
  ["OTEL_PHP_EXPERIMENTAL_AUTO_ROOT_SPAN", "true"],
  ["OTEL_PHP_DETECTORS", "env,host,os,process,process_runtime,sdk,sdk_provided"],
];

const EXTENSION = [
  "sudo apt-get update",
  "sudo apt-get install -y php-cli php-dev php-pear php-curl composer unzip build-essential",
  "sudo pecl install opentelemetry",
  `PHP=$(php -r 'echo PHP_MAJOR_VERSION.".".PHP_MINOR_VERSION;')`,
  'echo "extension=opentelemetry.so" | sudo tee "/etc/php/$PHP/mods-available/opentelemetry.ini"',
  "sudo phpenmod opentelemetry",
];

const PACKAGES = [
  "composer config --no-plugins allow-plugins.php-http/discovery true",
  "composer config --no-plugins allow-plugins.tbachert/spi true",
  "composer require open-telemetry/sdk open-telemetry/exporter-otlp guzzlehttp/guzzle",
  "composer require open-telemetry/opentelemetry-auto-pdo open-telemetry/opentelemetry-auto-psr18",
];

export const php: Guide = {
  id: "php",
  shells: ["linux"],
  requires: "PHP 8.1+",
  steps: (connection, shell) => [
    { title: "installExtension", code: EXTENSION.join("\n") },
    { title: "installPackages", code: PACKAGES.join("\n"), note: "phpFrameworks" },
    { title: "setEnvironment", code: exportLines([...otlpVariables(connection), ...VARIABLES], shell) },
    {
      title: "run",
      code: 'php -d auto_prepend_file="$PWD/vendor/autoload.php" -S 127.0.0.1:8000 -t public',
      note: "phpServers",
    },
  ],
};
