import { Group, Skeleton, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { EmptyState, Panel, ProblemAlert, useNow, useTitle } from "@naru/ui";
import { useTranslation } from "react-i18next";
import { projectsQuery, regionsQuery } from "../../api";
import { FieldArt } from "../../gate/FieldArt";
import { ButtonLink } from "../../link/links";
import { groupProjects } from "./groups";
import { ProjectTile } from "./ProjectTile";
import { useGrowth } from "./useGrowth";
import styles from "./Board.module.css";

/** All projects of the tenant in their folders, with live state. */
export function BoardPage() {
  const { t } = useTranslation("projects");
  const projects = useQuery(projectsQuery);
  const { data: regions = [] } = useQuery(regionsQuery);
  const growth = useGrowth(projects.data);
  const nowMs = useNow(1000);
  useTitle(t("title"));
  const titleOf = (region: string) => regions.find((item) => item.name === region)?.title ?? region;
  const groups = groupProjects(projects.data ?? []);
  const named = groups.some((group) => group.name !== "");
  return (
    <>
      <Group justify="space-between" mb={22}>
        <Title order={1} fz={23}>
          {t("title")}
        </Title>
        {groups.length > 0 && <ButtonLink to="/projects/new">{t("create")}</ButtonLink>}
      </Group>
      <ProblemAlert error={projects.error} onRetry={() => void projects.refetch()} />
      {projects.isPending && !projects.error && (
        <div className={styles.tiles}>
          {[0, 1, 2].map((slot) => (
            <Skeleton key={slot} height={206} radius={12} />
          ))}
        </div>
      )}
      {projects.data?.length === 0 && (
        <Panel>
          <EmptyState
            icon={
              <div className={styles.picture}>
                <FieldArt />
              </div>
            }
            title={t("empty.title")}
            action={
              <ButtonLink to="/projects/new" size="md">
                {t("empty.action")}
              </ButtonLink>
            }
          >
            {t("empty.body")}
          </EmptyState>
        </Panel>
      )}
      {groups.map((group) => (
        <section key={group.name} className={styles.group}>
          {named && (
            <h2 className={styles.groupHead}>
              {group.name || t("ungrouped")}
              <small>{t("count", { count: group.projects.length })}</small>
            </h2>
          )}
          <div className={styles.tiles}>
            {group.projects.map((project) => (
              <ProjectTile
                key={project.id}
                project={project}
                regionTitle={titleOf(project.region)}
                growth={growth.get(project.id)}
                nowMs={nowMs}
              />
            ))}
          </div>
        </section>
      ))}
    </>
  );
}
