import { useQuery } from "@tanstack/react-query";
import { Outlet } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { meQuery } from "../data/queries";
import { ReportFailed } from "../live/connection";
import { LiveFeed } from "../live/LiveFeed";
import { useView } from "../view/useView";
import { Navigation } from "./Navigation";
import { RangeNotice } from "./RangeNotice";
import { Search } from "./Search";
import { TopBar } from "./TopBar";
import { UnknownProject } from "./UnknownProject";
import styles from "./Frame.module.css";

/** Navigation, top bar and the page of one project. */
export function Frame() {
  const { t } = useTranslation("frame");
  const page = useView();
  const { data: me } = useQuery(meQuery);
  const [open, setOpen] = useState(false);
  const [failed, report] = useState<number | null>(null);
  if (!me) return null;
  if (!me.projects.some(({ id }) => id === page.project)) return <UnknownProject me={me} project={page.project} />;
  return (
    <LiveFeed project={page.project} sliding={page.window.kind === "sliding"}>
      <div className={styles.frame}>
        <a className={styles.skip} href="#content">
          {t("skip")}
        </a>
        <Navigation me={me} project={page.project} open={open} onClose={() => setOpen(false)} />
        <div className={styles.side}>
          <TopBar me={me} page={page} failed={failed} onMenu={() => setOpen(true)} />
          <RangeNotice page={page} />
          <main id="content" className={styles.content} tabIndex={-1}>
            <ReportFailed.Provider value={report}>
              <Outlet />
            </ReportFailed.Provider>
          </main>
        </div>
        <Search me={me} page={page} />
      </div>
    </LiveFeed>
  );
}
