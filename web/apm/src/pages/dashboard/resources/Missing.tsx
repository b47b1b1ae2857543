import { BreakableName } from "@naru/ui";
import { useTranslation } from "react-i18next";
import { TextLink } from "../../../link/links";
import { viewOf } from "../../../view/search";
import { NO_BOX, type PageView } from "../../../view/useView";
import { expected, type Language, type PanelSources } from "./sources";
import styles from "./Missing.module.css";

const LANGUAGES: Record<Language, string> = { java: "Java", nodejs: "Node.js", python: "Python", dotnet: ".NET", go: "Go" };

/** What a panel is waiting for: the metric each language's agent sends, and where to see what is sent. */
export function Missing({ page, panel }: { page: PageView; panel: PanelSources }) {
  const { t } = useTranslation("dashboard");
  const names = expected(panel);
  const [first] = names;
  const same = first !== undefined && names.length === Object.keys(LANGUAGES).length && names.every(({ name }) => name === first.name);
  const rows = same ? [{ who: t("resources.every"), name: first.name }] : names.map(({ language, name }) => ({ who: LANGUAGES[language], name }));
  return (
    <div className={styles.missing} role="status">
      <p className={styles.why}>{t("resources.missing")}</p>
      <dl className={styles.names}>
        {rows.map(({ who, name }) => (
          <div key={who}>
            <dt>{who}</dt>
            <dd className="naru-mono">
              <BreakableName name={name} />
            </dd>
          </div>
        ))}
      </dl>
      <TextLink to="/p/$project/metrics" params={{ project: page.project }} search={(before) => ({ ...viewOf(before), ...NO_BOX })} size="sm">
        {t("resources.metrics")}
      </TextLink>
    </div>
  );
}
