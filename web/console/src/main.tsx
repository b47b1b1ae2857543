import "@naru/ui/styles.css";
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { ApiError } from "@naru/api";
import { createI18n, NaruProvider } from "@naru/ui";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { sessionQuery } from "./api";
import { chooseFromAddress } from "./chosenLocale";
import { createAppRouter } from "./router";
import { pages } from "./text";

const RETRIES_MAX = 2;

/** A session that ended elsewhere (log-out, revoked, too old) sends the person to the login and back. */
function leaveWithoutSession(error: unknown) {
  if (!(error instanceof ApiError) || error.problem.status !== 401) return;
  if (!queries.getQueryData(sessionQuery.queryKey)) return;
  queries.setQueryData(sessionQuery.queryKey, null);
  void router.invalidate();
}

const queries: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError: leaveWithoutSession }),
  mutationCache: new MutationCache({ onError: leaveWithoutSession }),
  defaultOptions: {
    queries: {
      // A refusal stays a refusal; only silence and overload are worth asking again.
      retry: (failures, error) =>
        failures < RETRIES_MAX && error instanceof ApiError && (error.problem.status === 0 || error.problem.status >= 502),
    },
  },
});
const i18n = createI18n(pages);
// Before the router reads the address.
chooseFromAddress(i18n);
const router = createAppRouter({ queries, i18n });
const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");

createRoot(root).render(
  <StrictMode>
    <NaruProvider i18n={i18n} baseFontPx={14} defaultColorScheme="light">
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </NaruProvider>
  </StrictMode>,
);
