import { Button, Loader, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, useLocation, useParams } from "@tanstack/react-router";
import { ApiError } from "@naru/api";
import { EmptyState, ProblemAlert, useTitle } from "@naru/ui";
import { useTranslation } from "react-i18next";
import { projectQuery, regionsQuery } from "../../api";
import { ButtonLink } from "../../link/links";
import { PlatformGlyph } from "../newproject/PlatformGlyph";
import { platformName } from "../newproject/platforms";
import { groupOf } from "../projects/groups";
import styles from "./ProjectFrame.module.css";

const TABS = [
  { to: "/projects/$id/install", key: "install" },
  { to: "/projects/$id/keys", key: "keys" },
  { to: "/projects/$id/usage", key: "usage" },
] as const;

/** Name and tabs of one project; its pages go below. */
export function ProjectFrame() {
  const { t } = useTranslation("project");
  const { id } = useParams({ from: "/app/projects/$id" });
  const project = useQuery(projectQuery(id));
  const { data: regions = [] } = useQuery(regionsQuery);
  const name = project.data?.name;
  const path = useLocation({ select: (location) => location.pathname });
  const tab = TABS.find((each) => path.endsWith(`/${each.key}`));
  const missing = project.error instanceof ApiError && project.error.problem.status === 404;
  useTitle(missing ? t("missing.title") : tab && t(`tabs.${tab.key}`), ...(missing ? [] : [name]));
  if (project.isPending) return <Loader size="sm" />;
  if (missing) {
    return (
      <EmptyState title={t("missing.title")} action={<ButtonLink to="/">{t("missing.home")}</ButtonLink>}>
        {t("missing.body")}
      </EmptyState>
    );
  }
  if (!project.data) return <ProblemAlert error={project.error} onRetry={() => void project.refetch()} />;
  const { platform, region, apm_url } = project.data;
  const group = groupOf(project.data);
  const regionTitle = regions.find((item) => item.name === region)?.title ?? region;
  return (
    <>
      <div className={styles.head}>
        <div className={styles.name}>
          <PlatformGlyph platform={platform} size={26} />
          <Title order={1} fz={22} lh={1.25}>
            {name}
          </Title>
          <Text c="dimmed">
            {t("about", { platform: platformName(platform), region: regionTitle })}
            {group !== "" && ` · ${t("inGroup", { group })}`}
          </Text>
        </div>
        <Button component="a" href={apm_url} variant="default" size="compact-md">
          {t("openApm")} ↗
        </Button>
      </div>
      <nav className={styles.tabs} aria-label={t("tabs.label")}>
        {TABS.map((tab) => (
          <Link key={tab.key} to={tab.to} params={{ id }} className={styles.tab}>
            {t(`tabs.${tab.key}`)}
          </Link>
        ))}
      </nav>
      <Outlet />
    </>
  );
}
