import { Link, useLocation } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import styles from "./Shell.module.css";

/** `within`: the page is also where its sub-pages are, as every project is under the board. */
const PAGES = [
  { to: "/", key: "projects", within: "/projects/" },
  { to: "/settings/tokens", key: "tokens", within: null },
  { to: "/settings", key: "settings", within: null },
] as const;

/** The console's main pages; `onFollow` is told when one is chosen. */
export function PageLinks({ onFollow }: { onFollow?: () => void }) {
  const { t } = useTranslation("shell");
  const path = useLocation({ select: (location) => location.pathname });
  return PAGES.map((page) => {
    // The router marks the page itself; a sub-page's parent is marked here.
    const here = page.within !== null && path.startsWith(page.within);
    return (
      <Link
        key={page.to}
        to={page.to}
        className={styles.link}
        activeOptions={{ exact: true }}
        {...(here ? { "data-status": "active", "aria-current": "true" as const } : {})}
        onClick={onFollow}
      >
        {t(`nav.${page.key}`)}
      </Link>
    );
  });
}
