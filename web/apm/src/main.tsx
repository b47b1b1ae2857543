import "@naru/ui/styles.css";
import "@mantine/spotlight/styles.css";
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { ApiError } from "@naru/api";
import { createI18n, NaruProvider } from "@naru/ui";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { leaveForLogin } from "./data/login";
import { createAppRouter } from "./router";
import { pages } from "./text";

const RETRIES_MAX = 2;

const queries = new QueryClient({
  queryCache: new QueryCache({ onError: leaveForLogin }),
  mutationCache: new MutationCache({ onError: leaveForLogin }),
  defaultOptions: {
    queries: {
      // A refusal stays a refusal; only silence and overload are worth asking again.
      retry: (failures, error) =>
        failures < RETRIES_MAX && error instanceof ApiError && (error.problem.status === 0 || error.problem.status >= 502),
    },
  },
});
const i18n = createI18n(pages);
const router = createAppRouter({ queries, i18n });
const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");

createRoot(root).render(
  <StrictMode>
    <NaruProvider i18n={i18n} baseFontPx={13} defaultColorScheme="dark">
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </NaruProvider>
  </StrictMode>,
);
