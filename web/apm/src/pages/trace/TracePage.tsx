import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useParams, useSearch } from "@tanstack/react-router";
import { ApiError } from "@naru/api";
import { EmptyState, ProblemAlert } from "@naru/ui";
import { useTranslation } from "react-i18next";
import { traceQuery } from "../../data/queries";
import { TraceView } from "./TraceView";

/** One trace: loaded, missing, or failed to load. */
export function TracePage() {
  const { t } = useTranslation("trace");
  const { project, traceId } = useParams({ from: "/p/$project/traces/$traceId" });
  const { at_ms } = useSearch({ from: "/p/$project/traces/$traceId" });
  const trace = useQuery(traceQuery(project, traceId, at_ms));
  if (trace.data) return <TraceView trace={trace.data} project={project} />;
  if (trace.error instanceof ApiError && trace.error.problem.status === 404) {
    return (
      <EmptyState title={t("notFound.title")} action={<Button onClick={() => void trace.refetch()}>{t("retry")}</Button>}>
        {t("notFound.body")}
      </EmptyState>
    );
  }
  return (
    <div style={{ maxWidth: 560, margin: "10vh auto", padding: 16 }}>
      <ProblemAlert error={trace.error} onRetry={() => void trace.refetch()} />
    </div>
  );
}
