import type { Console } from "@naru/api";
import { StatusDot, useFormat, useNow } from "@naru/ui";
import { useTranslation } from "react-i18next";
import { ConfirmButton } from "../../parts/ConfirmButton";
import table from "../../parts/Table.module.css";

interface Props {
  keys: Console.LicenseKey[];
  /** The key being revoked right now. */
  pendingId: string | undefined;
  onRevoke: (id: string) => void;
}

export function KeyTable({ keys, pendingId, onRevoke }: Props) {
  const { t } = useTranslation("keys");
  const format = useFormat();
  const nowMs = useNow(10_000);
  return (
    <div className={table.scroll}>
      <table className={table.table}>
        <thead>
          <tr>
            <th scope="col">{t("name")}</th>
            <th scope="col">{t("key")}</th>
            <th scope="col">{t("created")}</th>
            <th scope="col">{t("lastUsed")}</th>
            <th scope="col">{t("state")}</th>
            <th scope="col">
              <span className="naru-visually-hidden">{t("actions")}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {keys.map((key) => (
            <tr key={key.id} className={key.revoked_at === null ? undefined : table.gone} data-testid={`key-${key.id}`}>
              <td>{key.name}</td>
              <td className="naru-mono">{key.hint}</td>
              <td>{format.time(key.created_at, "dateTime")}</td>
              <td>{key.last_used_at === null ? t("never") : format.ago(key.last_used_at, nowMs)}</td>
              <td>
                <span style={{ display: "inline-flex", alignItems: "center", gap: 10, paddingLeft: 4 }}>
                  <StatusDot status={key.revoked_at === null ? "ok" : "idle"} />
                  {key.revoked_at === null
                    ? t("active")
                    : t("revoked", { at: format.time(key.revoked_at, "dateTime") })}
                </span>
              </td>
              <td className={table.number}>
                {key.revoked_at === null && (
                  <ConfirmButton
                    label={t("revoke")}
                    confirm={t("confirmRevoke")}
                    pending={pendingId === key.id}
                    onConfirm={() => onRevoke(key.id)}
                  />
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
