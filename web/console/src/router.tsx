import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  Outlet,
  redirect,
  type SearchSchemaInput,
} from "@tanstack/react-router";
import type { Console } from "@naru/api";
import type { i18n } from "i18next";
import { sessionQuery } from "./api";
import { agreeOnLocale } from "./chosenLocale";
import { Gate } from "./gate/Gate";
import { isGuideId, type GuideId, type Shell as OsShell } from "./pages/install/guide";
import { InstallPage } from "./pages/install/InstallPage";
import { forgetKey } from "./pages/install/useIssuedKey";
import { KeysPage } from "./pages/keys/KeysPage";
import { LoginPage } from "./pages/login/LoginPage";
import { NewProjectPage } from "./pages/newproject/NewProjectPage";
import { isPlatform } from "./pages/newproject/platforms";
import { ProjectFrame } from "./pages/project/ProjectFrame";
import { BoardPage } from "./pages/projects/BoardPage";
import { RefusedPage } from "./pages/refused/RefusedPage";
import { SettingsPage } from "./pages/settings/SettingsPage";
import { SignupPage } from "./pages/signup/SignupPage";
import { TokensPage } from "./pages/tokens/TokensPage";
import { RANGE_DAYS, USAGE_FIELDS, type RangeDays, type UsageField } from "./pages/usage/range";
import { UsagePage } from "./pages/usage/UsagePage";
import { VerifyPage } from "./pages/verify/VerifyPage";
import { Failed, NotFound } from "./shell/Dead";
import { Shell } from "./shell/Shell";

interface Context {
  queries: QueryClient;
  i18n: i18n;
}

const root = createRootRouteWithContext<Context>()({
  component: Outlet,
  notFoundComponent: NotFound,
  errorComponent: Failed,
});

const gate = createRoute({ getParentRoute: () => root, id: "gate", component: Gate });

const signup = createRoute({
  getParentRoute: () => gate,
  path: "/signup",
  component: SignupPage,
  // Who is logged in has signed up. A question that fails keeps nobody out: the form itself will say what is wrong.
  beforeLoad: async ({ context }) => {
    const session = await context.queries.ensureQueryData(sessionQuery).catch(() => null);
    if (session !== null) throw redirect({ to: "/" });
  },
});

const login = createRoute({
  getParentRoute: () => gate,
  path: "/login",
  component: LoginPage,
  validateSearch: (search): { next?: string } => (typeof search["next"] === "string" ? { next: search["next"] } : {}),
});

const verify = createRoute({
  getParentRoute: () => gate,
  path: "/verify",
  component: VerifyPage,
  validateSearch: (search): { token: string } => ({ token: typeof search["token"] === "string" ? search["token"] : "" }),
});

const refused = createRoute({
  getParentRoute: () => gate,
  path: "/log-in-refused",
  component: RefusedPage,
  validateSearch: (search): { code: string } => ({ code: typeof search["code"] === "string" ? search["code"] : "" }),
});

/** Everything below needs a session; without one the login remembers where the person was going. */
const app = createRoute({
  getParentRoute: () => root,
  id: "app",
  component: Shell,
  beforeLoad: async ({ context, location }) => {
    const session = await context.queries.ensureQueryData(sessionQuery);
    if (session === null) {
      throw redirect({ to: "/login", search: location.href === "/" ? {} : { next: location.href } });
    }
    agreeOnLocale(context.i18n, context.queries, session);
  },
});

const board = createRoute({ getParentRoute: () => app, path: "/", component: BoardPage });

const newProject = createRoute({
  getParentRoute: () => app,
  path: "/projects/new",
  component: NewProjectPage,
  validateSearch: (search: { platform?: Console.Platform } & SearchSchemaInput) => ({
    platform: isPlatform(search["platform"]) ? search["platform"] : ("java" as const),
  }),
});

const project = createRoute({ getParentRoute: () => app, path: "/projects/$id", component: ProjectFrame });

const projectIndex = createRoute({
  getParentRoute: () => project,
  path: "/",
  beforeLoad: ({ params }) => {
    throw redirect({ to: "/projects/$id/install", params, replace: true });
  },
});

const install = createRoute({
  getParentRoute: () => project,
  path: "/install",
  component: InstallPage,
  validateSearch: (search): { guide?: GuideId; os?: OsShell; app?: string } => ({
    ...(isGuideId(search["guide"]) ? { guide: search["guide"] } : {}),
    ...(search["os"] === "windows" ? { os: "windows" } : {}),
    ...(typeof search["app"] === "string" || typeof search["app"] === "number" ? { app: String(search["app"]) } : {}),
  }),
  // The key's text lives only while this page is open.
  onLeave: ({ params, context }) => forgetKey(context.queries, params.id),
});

const keys = createRoute({ getParentRoute: () => project, path: "/keys", component: KeysPage });

const usage = createRoute({
  getParentRoute: () => project,
  path: "/usage",
  component: UsagePage,
  validateSearch: (search: { days?: RangeDays; field?: UsageField } & SearchSchemaInput) => ({
    days: RANGE_DAYS.find((days) => days === search["days"]) ?? (30 as const),
    field: USAGE_FIELDS.find((field) => field === search["field"]) ?? ("spans" as const),
  }),
});

const settings = createRoute({ getParentRoute: () => app, path: "/settings", component: SettingsPage });
const tokens = createRoute({ getParentRoute: () => app, path: "/settings/tokens", component: TokensPage });

/** An address of nothing, inside the frame so that the way on is at hand. */
const nowhere = createRoute({ getParentRoute: () => app, path: "$", component: NotFound });

const tree = root.addChildren([
  gate.addChildren([signup, login, verify, refused]),
  app.addChildren([board, newProject, project.addChildren([projectIndex, install, keys, usage]), settings, tokens, nowhere]),
]);

export function createAppRouter(context: Context) {
  return createRouter({ routeTree: tree, context, defaultPreload: false, scrollRestoration: true });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
