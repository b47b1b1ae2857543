import type { Console } from "@naru/api";
import { useFormat } from "@naru/ui";
import { useTranslation } from "react-i18next";
import table from "../../parts/Table.module.css";
import { USAGE_FIELDS, type UsageField } from "./range";

/** The same days in numbers, newest first, with the sum below. */
export function DayTable({ usage }: { usage: Console.Usage }) {
  const { t } = useTranslation("usage");
  const format = useFormat();
  const show = (name: UsageField, value: number) => (name === "bytes" ? format.bytes(value) : format.number(value));
  const days = [...usage.days].sort((a, b) => b.day.localeCompare(a.day));
  return (
    <details style={{ marginTop: 18 }}>
      <summary style={{ cursor: "pointer", color: "var(--naru-muted)" }}>{t("table")}</summary>
      <div className={table.scroll} style={{ marginTop: 10 }}>
        <table className={table.table}>
          <thead>
            <tr>
              <th scope="col">{t("day")}</th>
              {USAGE_FIELDS.map((name) => (
                <th key={name} scope="col" className={table.number}>
                  {t(name)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {days.map((day) => (
              <tr key={day.day}>
                <td>{day.day.slice(0, 10)}</td>
                {USAGE_FIELDS.map((name) => (
                  <td key={name} className={table.number}>
                    {show(name, day[name])}
                  </td>
                ))}
              </tr>
            ))}
            <tr>
              <th scope="row">{t("total")}</th>
              {USAGE_FIELDS.map((name) => (
                <td key={name} className={table.number}>
                  <b>{show(name, usage.totals[name])}</b>
                </td>
              ))}
            </tr>
          </tbody>
        </table>
      </div>
    </details>
  );
}
