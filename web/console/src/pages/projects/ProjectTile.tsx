import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { Console } from "@naru/api";
import { StatusDot, useFormat, type Status } from "@naru/ui";
import { useTranslation } from "react-i18next";
import { ButtonLink } from "../../link/links";
import { PlatformGlyph } from "../newproject/PlatformGlyph";
import { platformName } from "../newproject/platforms";
import { dataState, type DataState, type Growth } from "./dataState";
import styles from "./Board.module.css";

const DOTS: Record<DataState, Status> = { waiting: "waiting", receiving: "ok", recent: "ok", quiet: "idle" };

interface Props {
  project: Console.Project;
  regionTitle: string;
  growth: Growth | undefined;
  nowMs: number;
}

/** One project with what it is doing right now. */
export function ProjectTile({ project, regionTitle, growth, nowMs }: Props) {
  const { t } = useTranslation("projects");
  const format = useFormat();
  const state = dataState(project, growth, nowMs);
  return (
    <article className={styles.tile} data-testid={`project-${project.id}`} data-state={state}>
      <header className={styles.head}>
        <PlatformGlyph platform={project.platform} size={30} />
        <div>
          <Link to="/projects/$id/install" params={{ id: project.id }} className={styles.name}>
            {project.name}
          </Link>
          <div className={styles.about}>
            {platformName(project.platform)} · {regionTitle}
          </div>
        </div>
      </header>
      <div className={styles.figure}>
        <b className="naru-big">{project.spans_total === null ? "–" : format.number(project.spans_total)}</b>
        <span>{t("spans")}</span>
      </div>
      <div className={styles.state}>
        <StatusDot status={DOTS[state]} />
        <span>{t(`state.${state}`)}</span>
        <small>
          {state === "waiting"
            ? t("noData")
            : state === "quiet" &&
              project.last_data_at !== null &&
              t("lastData", { ago: format.ago(project.last_data_at, nowMs) })}
        </small>
      </div>
      <footer className={styles.foot}>
        {state === "waiting" ? (
          <ButtonLink to="/projects/$id/install" params={{ id: project.id }} size="compact-md">
            {t("connect")}
          </ButtonLink>
        ) : (
          <Button component="a" href={project.apm_url} size="compact-md">
            {t("openApm")}
          </Button>
        )}
        <ButtonLink to="/projects/$id/keys" params={{ id: project.id }} size="compact-md" variant="subtle" color="gray">
          {t("keys")}
        </ButtonLink>
        <ButtonLink to="/projects/$id/usage" params={{ id: project.id }} size="compact-md" variant="subtle" color="gray">
          {t("usage")}
        </ButtonLink>
      </footer>
    </article>
  );
}
