import { useTranslation } from "react-i18next";
import styles from "./TestTag.module.css";

/** Beside the name of what the console sent as a test, so that nobody takes it for traffic. */
export function TestTag() {
  const { t } = useTranslation("parts");
  return (
    <span className={styles.tag} title={t("testWhy")} data-testid="test-tag">
      {t("test")}
    </span>
  );
}
