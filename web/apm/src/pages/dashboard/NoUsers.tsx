import { useTranslation } from "react-i18next";
import type { PageView } from "../../view/useView";
import styles from "./Dashboard.module.css";

/** Why nobody is counted. `counted`: it was tried, but nothing told people apart. */
export function NoUsers({ page, counted }: { page: PageView; counted: boolean }) {
  const { t } = useTranslation("dashboard");
  if (counted) {
    return (
      <span className={styles.why}>
        {t("noUsers.body")} <code>user.id</code>, <code>session.id</code>, <code>client.address</code>
      </span>
    );
  }
  return (
    <span className={styles.why}>
      {t("noUsers.instance")}{" "}
      <button type="button" className={styles.textButton} onClick={() => page.change({ instance: undefined })}>
        {t("noUsers.application")}
      </button>
    </span>
  );
}
