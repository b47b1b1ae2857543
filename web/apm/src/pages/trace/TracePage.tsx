import { Button, Group } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useParams, useSearch } from "@tanstack/react-router";
import { ApiError } from "@naru/api";
import { EmptyState, ProblemAlert, SkeletonRows } from "@naru/ui";
import { useTranslation } from "react-i18next";
import { traceQuery } from "../../data/queries";
import { ButtonLink } from "../../link/links";
import { viewOf } from "../../view/search";
import { usePageTitle } from "../../view/usePageTitle";
import { rootOf } from "./facts";
import { TraceView } from "./TraceView";

/** One trace: loaded, missing, or failed to load. */
export function TracePage() {
  const { t } = useTranslation("trace");
  const { project, traceId } = useParams({ from: "/p/$project/traces/$traceId" });
  const { at_ms } = useSearch({ from: "/p/$project/traces/$traceId" });
  const trace = useQuery(traceQuery(project, traceId, at_ms));
  usePageTitle((trace.data && rootOf(trace.data)?.name) ?? t("title"));
  if (trace.data) return <TraceView trace={trace.data} project={project} />;
  if (trace.error instanceof ApiError && trace.error.problem.status === 404) {
    return (
      <EmptyState title={t("notFound.title")} action={
          <Group gap={8} justify="center">
            <Button onClick={() => void trace.refetch()}>{t("retry")}</Button>
            <ButtonLink to="/p/$project/transactions" params={{ project }} search={(before) => viewOf(before)} variant="default">
              {t("toList")}
            </ButtonLink>
          </Group>
        }>
        {t("notFound.body")}
      </EmptyState>
    );
  }
  if (trace.isPending && !trace.error) return <SkeletonRows rows={16} gap={18} />;
  return (
    <div style={{ maxWidth: 560, margin: "10vh auto", padding: 16 }}>
      <ProblemAlert error={trace.error} onRetry={() => void trace.refetch()} />
    </div>
  );
}
