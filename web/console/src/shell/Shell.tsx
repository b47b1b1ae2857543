import { useQuery } from "@tanstack/react-query";
import { Link, Outlet } from "@tanstack/react-router";
import { LanguageSwitch, Logo, ThemeSwitch } from "@naru/ui";
import { useTranslation } from "react-i18next";
import { sessionQuery } from "../api";
import { useSaveLocale } from "./useSaveLocale";
import { UserMenu } from "./UserMenu";
import { VerifyBanner } from "./VerifyBanner";
import styles from "./Shell.module.css";

const PAGES = [
  { to: "/", key: "projects", exact: true },
  { to: "/settings/tokens", key: "tokens", exact: true },
  { to: "/settings", key: "settings", exact: true },
] as const;

/** The frame of every page behind the login. */
export function Shell() {
  const { t } = useTranslation("shell");
  const { data: session } = useQuery(sessionQuery);
  const saveLocale = useSaveLocale();
  if (!session) return null;
  return (
    <>
      <a className={styles.skip} href="#content">
        {t("skip")}
      </a>
      <header className={styles.bar}>
        <div className={styles.row}>
          <Link to="/" className={styles.home} aria-label="Naru">
            <Logo />
          </Link>
          <nav className={styles.nav} aria-label={t("nav.label")}>
            {PAGES.map((page) => (
              <Link key={page.to} to={page.to} className={styles.link} activeOptions={{ exact: page.exact }}>
                {t(`nav.${page.key}`)}
              </Link>
            ))}
          </nav>
          <div className={styles.side}>
            <span className={styles.wide}>
              <LanguageSwitch onChange={saveLocale} />
            </span>
            <ThemeSwitch />
            <UserMenu session={session} />
          </div>
        </div>
      </header>
      {!session.user.email_verified && <VerifyBanner user={session.user} />}
      <main id="content" className={styles.main}>
        <Outlet />
      </main>
    </>
  );
}
