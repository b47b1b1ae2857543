import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { answer, type Console } from "@naru/api";
import { EmptyState, StatusDot, useFormat } from "@naru/ui";
import { useTranslation } from "react-i18next";
import { client, licenseKeysQuery } from "../../api";
import { ButtonLink } from "../../link/links";
import { SecretPanel } from "../../parts/SecretPanel";

/** License keys of one project: list, issue, revoke. */
export function KeysPage() {
  const { t } = useTranslation("keys");
  const { id } = useParams({ from: "/app/projects/$id" });
  const queries = useQueryClient();
  const keys = useQuery(licenseKeysQuery(id));
  return (
    <SecretPanel
      kind="key"
      words={{
        title: t("title"),
        lead: t("lead"),
        newName: t("newName"),
        namePlaceholder: t("namePlaceholder"),
        create: t("issue"),
        issued: (name) => t("issued", { name }),
        issuedNote: t("issuedNote"),
        name: t("name"),
        secret: t("key"),
        created: t("created"),
        lastUsed: t("lastUsed"),
        never: t("never"),
        actions: t("actions"),
        remove: t("revoke"),
        confirmRemove: t("confirmRevoke"),
      }}
      list={keys}
      named={false}
      state={{
        heading: t("state"),
        show: (key) => <KeyState revokedAt={key.revoked_at} />,
        isGone: (key) => key.revoked_at !== null,
      }}
      empty={
        <EmptyState
          title={t("empty.title")}
          action={
            <ButtonLink to="/projects/$id/install" params={{ id }}>
              {t("connect")}
            </ButtonLink>
          }
        >
          {t("empty.body")}
        </EmptyState>
      }
      create={async (name) => {
        const body = name === "" ? {} : { name };
        const made = await answer(client.POST("/projects/{id}/license-keys", { params: { path: { id } }, body }));
        return { name: made.name, text: made.key };
      }}
      remove={(keyId) => answer(client.DELETE("/license-keys/{id}", { params: { path: { id: keyId } } }))}
      reload={() => queries.invalidateQueries({ queryKey: licenseKeysQuery(id).queryKey })}
    />
  );
}

function KeyState({ revokedAt }: { revokedAt: Console.LicenseKey["revoked_at"] }) {
  const { t } = useTranslation("keys");
  const format = useFormat();
  return (
    <span style={{ display: "inline-flex", alignItems: "center", gap: 10, paddingLeft: 4 }}>
      <StatusDot status={revokedAt === null ? "ok" : "idle"} />
      {revokedAt === null ? t("active") : t("revoked", { at: format.time(revokedAt, "dateTime") })}
    </span>
  );
}
