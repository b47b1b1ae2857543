import { Tooltip } from "@mantine/core";
import { useTranslation } from "react-i18next";
import styles from "./Incomplete.module.css";

/** A clear hint that an answer lacks the newest data of some writer. Nothing when it is whole. */
export function Incomplete({ show }: { show: boolean }) {
  const { t } = useTranslation("parts");
  if (!show) return null;
  return (
    <Tooltip label={t("incomplete")} multiline w={300} withArrow>
      <span className={styles.hint} tabIndex={0} role="status" aria-label={t("incomplete")} data-testid="incomplete">
        <svg width="12" height="12" viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth="1.6" aria-hidden>
          <path d="M8 2 15 14H1z" strokeLinejoin="round" />
          <path d="M8 6.5v3.5M8 12v.2" strokeLinecap="round" />
        </svg>
        {t("incompleteShort")}
      </span>
    </Tooltip>
  );
}
