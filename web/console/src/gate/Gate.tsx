import { Outlet } from "@tanstack/react-router";
import { LanguageSwitch, Logo, ThemeSwitch } from "@naru/ui";
import { useTranslation } from "react-i18next";
import { chooseLocale } from "../chosenLocale";
import { FieldArt } from "./FieldArt";
import styles from "./Gate.module.css";

/** The frame of the pages before the login: the form left, what it is for right. */
export function Gate() {
  const { t } = useTranslation("gate");
  return (
    <div className={styles.gate}>
      <div className={styles.left}>
        <header className={styles.top}>
          <Logo size={22} />
          <div className={styles.tools}>
            <LanguageSwitch onChange={chooseLocale} />
            <ThemeSwitch />
          </div>
        </header>
        <main className={styles.form}>
          <Outlet />
        </main>
      </div>
      <aside className={styles.right}>
        <p className={styles.pitch}>{t("pitch")}</p>
        <div className={styles.art}>
          <FieldArt />
        </div>
        <ul className={styles.points}>
          <li>{t("points.one")}</li>
          <li>{t("points.two")}</li>
          <li>{t("points.three")}</li>
        </ul>
      </aside>
    </div>
  );
}
