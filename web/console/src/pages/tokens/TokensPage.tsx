import { Anchor } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { answer } from "@naru/api";
import { EmptyState, useTitle } from "@naru/ui";
import { useTranslation } from "react-i18next";
import { client, tokensQuery } from "../../api";
import { SecretPanel } from "../../parts/SecretPanel";

/** API tokens of the tenant: list, create, delete. */
export function TokensPage() {
  const { t } = useTranslation("tokens");
  const queries = useQueryClient();
  const tokens = useQuery(tokensQuery);
  useTitle(t("title"));
  return (
    <SecretPanel
      kind="token"
      words={{
        title: t("title"),
        lead: t("lead"),
        newName: t("newName"),
        namePlaceholder: t("namePlaceholder"),
        create: t("create"),
        issued: (name) => t("issued", { name }),
        issuedNote: t("issuedNote"),
        name: t("name"),
        secret: t("token"),
        created: t("created"),
        lastUsed: t("lastUsed"),
        never: t("never"),
        actions: t("actions"),
        remove: t("remove"),
        confirmRemove: t("confirmRemove"),
      }}
      list={tokens}
      named
      actions={<Anchor href="/api/openapi.json">{t("docs")} ↗</Anchor>}
      empty={<EmptyState title={t("empty.title")}>{t("empty.body")}</EmptyState>}
      create={async (name) => {
        const made = await answer(client.POST("/tokens", { body: { name } }));
        return { name: made.name, text: made.token };
      }}
      remove={(id) => answer(client.DELETE("/tokens/{id}", { params: { path: { id } } }))}
      reload={() => queries.invalidateQueries({ queryKey: tokensQuery.queryKey })}
    />
  );
}
