import type { Console } from "@naru/api";
import { useFormat, useNow } from "@naru/ui";
import { useTranslation } from "react-i18next";
import { ConfirmButton } from "../../parts/ConfirmButton";
import table from "../../parts/Table.module.css";

interface Props {
  tokens: Console.Token[];
  pendingId: string | undefined;
  onRemove: (id: string) => void;
}

export function TokenTable({ tokens, pendingId, onRemove }: Props) {
  const { t } = useTranslation("tokens");
  const format = useFormat();
  const nowMs = useNow(10_000);
  return (
    <div className={table.scroll}>
      <table className={table.table}>
        <thead>
          <tr>
            <th scope="col">{t("name")}</th>
            <th scope="col">{t("token")}</th>
            <th scope="col">{t("created")}</th>
            <th scope="col">{t("lastUsed")}</th>
            <th scope="col">
              <span className="naru-visually-hidden">{t("actions")}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {tokens.map((token) => (
            <tr key={token.id} data-testid={`token-${token.id}`}>
              <td>{token.name}</td>
              <td className="naru-mono">{token.hint}</td>
              <td>{format.time(token.created_at, "dateTime")}</td>
              <td>{token.last_used_at === null ? t("never") : format.ago(token.last_used_at, nowMs)}</td>
              <td className={table.number}>
                <ConfirmButton
                  label={t("remove")}
                  confirm={t("confirmRemove")}
                  pending={pendingId === token.id}
                  onConfirm={() => onRemove(token.id)}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
