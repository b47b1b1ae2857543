import { Loader, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { ProblemAlert, useNow } from "@naru/ui";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { installQuery, projectQuery, sessionQuery } from "../../api";
import { useGrowth } from "../projects/useGrowth";
import { arrivalOf } from "./arrival";
import { EventLog } from "./EventLog";
import { guideForPlatform, type GuideId, type Shell } from "./guide";
import { GuidePanel } from "./GuidePanel";
import { GuideTiles } from "./GuideTiles";
import { applicationName, portOf } from "./guide/environment";
import { startOf } from "./start";
import { Stopwatch } from "./Stopwatch";
import { useOnboarding } from "./useOnboarding";
import styles from "./Install.module.css";

/** The log forgets after a day; the project remembers. */
function earliest(firstSpanMs: number | null, firstDataAt: string | null): number | null {
  if (firstDataAt === null) return firstSpanMs;
  return Math.min(firstSpanMs ?? Infinity, Date.parse(firstDataAt));
}

/** From a project to its first span: the commands, and beside them (on a phone below) what arrives. */
export function InstallPage() {
  const { t } = useTranslation("install");
  const navigate = useNavigate();
  const { id } = useParams({ from: "/app/projects/$id" });
  const search = useSearch({ from: "/app/projects/$id/install" });
  const { data: project } = useQuery(projectQuery(id));
  const { data: session } = useQuery(sessionQuery);
  const install = useQuery(installQuery(id));
  const { onboarding, stream } = useOnboarding(id);
  const growth = useGrowth(useMemo(() => (project ? [project] : undefined), [project]));
  const nowMs = useNow(5000);
  if (!project || !session) return null;

  const guideId = search.guide ?? guideForPlatform(project.platform);
  const firstSpanMs = earliest(onboarding.firstSpanMs, project.first_data_at);
  const set = (next: { guide?: GuideId; os?: Shell; app?: string }) =>
    void navigate({ to: "/projects/$id/install", params: { id }, search: { ...search, ...next }, replace: true });
  return (
    <div className={styles.page}>
      <div>
        <Title order={2} fz={19} mb={2}>
          {t("title", { project: project.name })}
        </Title>
        <p className={styles.lead}>{t("lead")}</p>
        <GuideTiles value={guideId} onChange={(guide) => set({ guide })} />
        {install.data ? (
          <GuidePanel
            project={project}
            install={install.data}
            guideId={guideId}
            shell={search.os ?? "linux"}
            application={search.app ?? applicationName(project.name)}
            onShell={(os) => set({ os })}
            onApplication={(app) => set({ app })}
          />
        ) : install.error ? (
          <ProblemAlert error={install.error} onRetry={() => void install.refetch()} />
        ) : (
          <Loader size="sm" />
        )}
      </div>
      <aside className={styles.side}>
        <Stopwatch start={startOf(session.tenant, project)} firstSpanMs={firstSpanMs} />
        <EventLog
          lines={onboarding.lines}
          arrival={arrivalOf(onboarding, project, growth.get(project.id), nowMs)}
          nowMs={nowMs}
          httpPort={install.data && portOf(install.data.otlp_http_url)}
          stream={stream}
          apmUrl={project.apm_url}
        />
      </aside>
    </div>
  );
}
