import type { Apm } from "@naru/api";
import { useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { TextLink } from "../../link/links";
import styles from "./Trace.module.css";

interface Props {
  title: string;
  attributes: Apm.Attributes;
  open?: boolean;
  /** Whether transactions can be found by them: a transaction's own, and those of who served it. */
  searchable?: boolean;
}

/** Attributes by name, as sent. */
export function AttributeList({ title, attributes, open, searchable = false }: Props) {
  const entries = Object.entries(attributes).sort(([a], [b]) => a.localeCompare(b));
  if (entries.length === 0) return null;
  return (
    <details className={styles.attributes} open={open}>
      <summary className={styles.section}>{title}</summary>
      <dl className={styles.pairs}>
        {entries.map(([name, value]) => (
          <div key={name}>
            <dt className="naru-mono">{name}</dt>
            <dd className="naru-mono">
              {typeof value === "string" ? value : JSON.stringify(value)}
              {searchable && isPlain(value) && <Find attribute={`${name}=${String(value)}`} />}
            </dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

/** Transactions with the same value, in the time range that was chosen before. */
function Find({ attribute }: { attribute: string }) {
  const { t } = useTranslation("trace");
  const { project } = useParams({ from: "/p/$project" });
  return (
    <TextLink className={styles.find ?? ""} to="/p/$project/transactions" params={{ project }} search={(before) => ({ ...before, attr: attribute })} aria-label={t("detail.findLabel", { attribute })}>
      {t("detail.find")}
    </TextLink>
  );
}

/** Lists and maps are found by their JSON, which nobody types; long texts are no names of a kind. */
function isPlain(value: Apm.Json): boolean {
  return typeof value === "number" || typeof value === "boolean" || (typeof value === "string" && value !== "" && value.length <= 100);
}
