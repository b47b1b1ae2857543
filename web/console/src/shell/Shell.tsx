import { useQuery } from "@tanstack/react-query";
import { Link, Outlet } from "@tanstack/react-router";
import { AccountMenu, LanguageSwitch, Logo, ThemeSwitch } from "@naru/ui";
import { useTranslation } from "react-i18next";
import { sessionQuery } from "../api";
import { CompactMenu } from "./CompactMenu";
import { PageLinks } from "./PageLinks";
import { useLogOut } from "./useLogOut";
import { useSaveLocale } from "./useSaveLocale";
import { VerifyBanner } from "./VerifyBanner";
import styles from "./Shell.module.css";

/** The frame of every page behind the login. */
export function Shell() {
  const { t } = useTranslation("shell");
  const { data: session } = useQuery(sessionQuery);
  const saveLocale = useSaveLocale();
  const leaving = useLogOut();
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
            <PageLinks />
          </nav>
          <div className={styles.side}>
            <span className={styles.wide}>
              <LanguageSwitch onChange={saveLocale} />
              <ThemeSwitch />
            </span>
            <AccountMenu
              name={session.user.name}
              email={session.user.email}
              tenant={session.tenant}
              elsewhere={{ href: session.tenant.apm_url, label: t("openApm") }}
              leaving={leaving}
            />
            <span className={styles.narrow}>
              <CompactMenu onLocale={saveLocale} />
            </span>
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
