import { useQuery } from "@tanstack/react-query";
import { Outlet } from "@tanstack/react-router";
import { EmptyState } from "@naru/ui";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { meQuery } from "../data/queries";
import { useView } from "../view/useView";
import { Navigation } from "./Navigation";
import { Search } from "./Search";
import { TopBar } from "./TopBar";
import styles from "./Frame.module.css";

/** Navigation, top bar and the page of one project. */
export function Frame() {
  const { t } = useTranslation("frame");
  const page = useView();
  const { data: me } = useQuery(meQuery);
  const [open, setOpen] = useState(false);
  if (!me) return null;
  const project = me.projects.find(({ id }) => id === page.project);
  return (
    <div className={styles.frame}>
      <a className={styles.skip} href="#content">
        {t("skip")}
      </a>
      <Navigation me={me} project={page.project} open={open} onClose={() => setOpen(false)} />
      <div className={styles.side}>
        <TopBar me={me} page={page} onMenu={() => setOpen(true)} />
        <main id="content" className={styles.content} tabIndex={-1}>
          {project ? <Outlet /> : <EmptyState title={t("unknownProject.title")}>{t("unknownProject.body")}</EmptyState>}
        </main>
      </div>
      <Search me={me} page={page} />
    </div>
  );
}
