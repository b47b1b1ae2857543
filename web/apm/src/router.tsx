import type { QueryClient } from "@tanstack/react-query";
import { createRootRouteWithContext, createRoute, createRouter, lazyRouteComponent, Outlet, redirect } from "@tanstack/react-router";
import { followAccount } from "@naru/ui";
import type { i18n } from "i18next";
import { meOrLogin } from "./data/meOrLogin";
import { Failed, NotFound } from "./frame/Dead";
import { Frame } from "./frame/Frame";
import { KnownApplication } from "./frame/KnownApplication";
import { ApplicationsPage } from "./pages/applications/ApplicationsPage";
import { DashboardPage } from "./pages/dashboard/DashboardPage";
import { LogsPage } from "./pages/logs/LogsPage";
import { logSearchOf } from "./pages/logs/search";
import { mapSearchOf } from "./pages/map/search";
import { MetricsPage } from "./pages/metrics/MetricsPage";
import { metricSearchOf } from "./pages/metrics/search";
import { StartPage } from "./pages/start/StartPage";
import { traceSearchOf } from "./pages/trace/search";
import { TracePage } from "./pages/trace/TracePage";
import { transactionSearchOf } from "./pages/transactions/search";
import { TransactionsPage } from "./pages/transactions/TransactionsPage";
import { viewOf } from "./view/search";

interface Context {
  queries: QueryClient;
  i18n: i18n;
}

/** Who is logged in; the screen speaks their language from then on. */
async function enter({ queries, i18n }: Context) {
  const me = await meOrLogin(queries);
  if (me.user) followAccount(i18n, me.user.locale);
  return me;
}

const root = createRootRouteWithContext<Context>()({ component: Outlet, notFoundComponent: NotFound, errorComponent: Failed });

/** The first project, or how to make one. */
const start = createRoute({
  getParentRoute: () => root,
  path: "/",
  component: StartPage,
  beforeLoad: async ({ context }) => {
    const { projects } = await enter(context);
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
    await enter(context);
  },
});

const dashboard = createRoute({ getParentRoute: () => project, path: "/", component: () => <KnownApplication><DashboardPage /></KnownApplication> });

const transactions = createRoute({ getParentRoute: () => project, path: "/transactions", component: () => <KnownApplication><TransactionsPage /></KnownApplication>, validateSearch: transactionSearchOf });

const trace = createRoute({ getParentRoute: () => project, path: "/traces/$traceId", component: TracePage, validateSearch: traceSearchOf });

const applications = createRoute({ getParentRoute: () => project, path: "/applications", component: ApplicationsPage });

/** Drawing the map takes more code than all other pages: it is loaded with its page. */
const map = createRoute({ getParentRoute: () => project, path: "/map", component: lazyRouteComponent(() => import("./pages/map/MapPage"), "MapPage"), validateSearch: mapSearchOf });

const metrics = createRoute({ getParentRoute: () => project, path: "/metrics", component: MetricsPage, validateSearch: metricSearchOf });

const logs = createRoute({ getParentRoute: () => project, path: "/logs", component: LogsPage, validateSearch: logSearchOf });

const tree = root.addChildren([start, project.addChildren([dashboard, transactions, trace, applications, map, metrics, logs])]);

export function createAppRouter(context: Context) {
  return createRouter({ routeTree: tree, context, defaultPreload: false, scrollRestoration: true });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
