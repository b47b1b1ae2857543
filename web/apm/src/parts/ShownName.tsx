import { useFormat } from "@naru/ui";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import styles from "./ShownName.module.css";

/** Names beyond these are counted together, under a name of their own: 500 applications of a project, 2,000 of the rest of one application. */
const NAMES_MAX = { application: 500, operation: 2000, instance: 2000 } as const;
const OTHERS = "__other__";

export type Named = keyof typeof NAMES_MAX;

/** Whether a name stands for all that are beyond the limit. No span has it: only figures can be filtered by it. */
export function isOthers(name: string): boolean {
  return name === OTHERS;
}

/** What a name reads as, where nothing but text can stand. */
export function useNameOf(): (name: string) => string {
  const { t } = useTranslation("parts");
  return useCallback((name) => (isOthers(name) ? t("others") : name), [t]);
}

/** For a name that stands for others: why they are counted together, and what to do. Undefined for an ordinary one. */
export function useOthersWhy(): (name: string, of: Named) => string | undefined {
  const { t } = useTranslation("parts");
  const format = useFormat();
  return useCallback((name, of) => (isOthers(name) ? t(`othersWhy.${of}`, { max: format.number(NAMES_MAX[of]) }) : undefined), [t, format]);
}

/** The name of an application, operation or instance, or that these are the ones beyond the limit. */
export function ShownName({ name, of }: { name: string; of: Named }) {
  const nameOf = useNameOf();
  const why = useOthersWhy()(name, of);
  return why === undefined ? (
    name
  ) : (
    <span className={styles.others} title={why} data-testid="others">
      {nameOf(name)}
    </span>
  );
}
