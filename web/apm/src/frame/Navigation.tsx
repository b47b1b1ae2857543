import { Link } from "@tanstack/react-router";
import type { Apm } from "@naru/api";
import { LanguageSwitch, Logo } from "@naru/ui";
import { useTranslation } from "react-i18next";
import { useConsoleLink } from "../data/consoleUrl";
import { viewOf } from "../view/search";
import { NO_BOX } from "../view/useView";
import { Icon, type IconName } from "./Icon";
import { useDrawer } from "./useDrawer";
import styles from "./Navigation.module.css";

const GROUPS = [
  {
    key: "observe",
    pages: [
      { to: "/p/$project", key: "dashboard", exact: true },
      { to: "/p/$project/applications", key: "applications", exact: false },
      { to: "/p/$project/map", key: "map", exact: false },
      { to: "/p/$project/transactions", key: "transactions", exact: false },
    ],
  },
  {
    key: "explore",
    pages: [
      { to: "/p/$project/metrics", key: "metrics", exact: false },
      { to: "/p/$project/logs", key: "logs", exact: false },
    ],
  },
] as const satisfies readonly { key: string; pages: readonly { to: string; key: IconName; exact: boolean }[] }[];

interface Props {
  me: Apm.Me;
  project: string;
  /** On a narrow screen: shown over the page. */
  open: boolean;
  onClose: () => void;
}

/** The pages of a project. Time range and application stay when the page changes. */
export function Navigation({ me, project, open, onClose }: Props) {
  const { t } = useTranslation("frame");
  const inConsole = useConsoleLink(me);
  const drawer = useDrawer(open, onClose);
  return (
    <>
      {open && <button type="button" className={styles.veil} tabIndex={-1} aria-label={t("nav.close")} onClick={onClose} />}
      <nav ref={drawer} className={`${styles.nav} ${open ? styles.open : ""}`} aria-label={t("nav.label")}>
        <Link to="/p/$project" params={{ project }} className={styles.logo} aria-label="Naru" onClick={onClose}>
          <Logo />
        </Link>
        {GROUPS.map((group) => (
          <div key={group.key} className={styles.group}>
            <div className={styles.heading}>{t(`nav.${group.key}`)}</div>
            {group.pages.map((page) => (
              <Link
                key={page.key}
                to={page.to}
                params={{ project }}
                search={(before: Record<string, unknown>) => ({ ...viewOf(before), ...NO_BOX })}
                className={styles.link}
                activeOptions={{ exact: page.exact, includeSearch: false }}
                activeProps={{ "aria-current": "page" }}
                onClick={onClose}
                data-testid={`nav-${page.key}`}
              >
                <Icon name={page.key} />
                {t(`nav.${page.key}`)}
              </Link>
            ))}
          </div>
        ))}
        <div className={styles.foot}>
          <a {...inConsole(`/projects/${encodeURIComponent(project)}/install`)} className={styles.link}>
            <Icon name="console" />
            {t("nav.install")}
          </a>
          <LanguageSwitch />
        </div>
      </nav>
    </>
  );
}
