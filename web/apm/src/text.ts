import { uiText } from "@naru/ui/text";
import { frameText } from "./frame/text";
import { applicationsText } from "./pages/applications/text";
import { dashboardText } from "./pages/dashboard/text";
import { logsText } from "./pages/logs/text";
import { mapText } from "./pages/map/text";
import { metricsText } from "./pages/metrics/text";
import { startText } from "./pages/start/text";
import { traceText } from "./pages/trace/text";
import { transactionsText } from "./pages/transactions/text";
import { partsText } from "./parts/text";

/** Every page's words, by namespace. */
export const pages = {
  ui: uiText,
  frame: frameText,
  parts: partsText,
  dashboard: dashboardText,
  transactions: transactionsText,
  trace: traceText,
  applications: applicationsText,
  map: mapText,
  metrics: metricsText,
  logs: logsText,
  start: startText,
};
