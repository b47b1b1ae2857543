import { useTranslation } from "react-i18next";
import styles from "./StatusMark.module.css";

interface Props {
  status: "ok" | "error" | "unset";
  /** The HTTP answer, said instead of the word where there is one. */
  code: number | null;
}

/** `200` or `✕ 500`: a failure has a sign of its own, never only a colour. */
export function StatusMark({ status, code }: Props) {
  const { t } = useTranslation("parts");
  const failed = status === "error";
  return (
    <span className={failed ? styles.failed : styles.fine} title={t(`status.${status}`)}>
      {failed && <span aria-hidden>✕ </span>}
      {code ?? t(`status.${status}`)}
      {failed && code !== null && <span className="naru-visually-hidden"> {t("status.error")}</span>}
    </span>
  );
}
