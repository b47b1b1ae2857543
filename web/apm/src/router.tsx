import type { QueryClient } from "@tanstack/react-query";
import { createRootRouteWithContext, createRoute, createRouter, Outlet, redirect } from "@tanstack/react-router";
import { meOrLogin } from "./data/meOrLogin";
import { Failed, NotFound } from "./frame/Dead";
import { Frame } from "./frame/Frame";
import { KnownApplication } from "./frame/KnownApplication";
import { ApplicationsPage } from "./pages/applications/ApplicationsPage";
import { DashboardPage } from "./pages/dashboard/DashboardPage";
import { LogsPage } from "./pages/logs/LogsPage";
import { logSearchOf } from "./pages/logs/search";
import { MetricsPage } from "./pages/metrics/MetricsPage";
import { metricSearchOf } from "./pages/metrics/search";
import { StartPage } from "./pages/start/StartPage";
import { traceSearchOf } from "./pages/trace/search";
import { TracePage } from "./pages/trace/TracePage";
import { transactionSearchOf } from "./pages/transactions/search";
import { TransactionsPage } from "./pages/transactions/TransactionsPage";
import { viewOf } from "./view/search";

const root = createRootRouteWithContext<{ queries: QueryClient }>()({ component: Outlet, notFoundComponent: NotFound, errorComponent: Failed });

/** The first project, or how to make one. */
const start = createRoute({
  getParentRoute: () => root,
  path: "/",
  component: StartPage,
  beforeLoad: async ({ context }) => {
    const { projects } = await meOrLogin(context.queries);
    const [first] = projects;
    if (first) throw redirect({ to: "/p/$project", params: { project: first.id }, replace: true });
  },
});

const project = createRoute({
  getParentRoute: () => root,
  path: "/p/$project",
  component: Frame,
  validateSearch: viewOf,
  beforeLoad: async ({ context }) => {
    await meOrLogin(context.queries);
  },
});

const dashboard = createRoute({ getParentRoute: () => project, path: "/", component: () => <KnownApplication><DashboardPage /></KnownApplication> });

const transactions = createRoute({ getParentRoute: () => project, path: "/transactions", component: () => <KnownApplication><TransactionsPage /></KnownApplication>, validateSearch: transactionSearchOf });

const trace = createRoute({ getParentRoute: () => project, path: "/traces/$traceId", component: TracePage, validateSearch: traceSearchOf });

const applications = createRoute({ getParentRoute: () => project, path: "/applications", component: ApplicationsPage });

const metrics = createRoute({ getParentRoute: () => project, path: "/metrics", component: MetricsPage, validateSearch: metricSearchOf });

const logs = createRoute({ getParentRoute: () => project, path: "/logs", component: LogsPage, validateSearch: logSearchOf });

const tree = root.addChildren([start, project.addChildren([dashboard, transactions, trace, applications, metrics, logs])]);

export function createAppRouter(queries: QueryClient) {
  return createRouter({ routeTree: tree, context: { queries }, defaultPreload: false, scrollRestoration: true });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
