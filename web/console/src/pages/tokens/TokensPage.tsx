import { Anchor, Button, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { answer, type Console } from "@naru/api";
import { EmptyState, Panel, ProblemAlert } from "@naru/ui";
import { useEffect, useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { client, tokensQuery } from "../../api";
import { SecretOnce } from "../../parts/SecretOnce";
import { TokenTable } from "./TokenTable";

/** API tokens of the tenant: list, create, delete. */
export function TokensPage() {
  const { t } = useTranslation("tokens");
  const queries = useQueryClient();
  const tokens = useQuery(tokensQuery);
  const [name, setName] = useState("");
  const [issued, setIssued] = useState<Console.IssuedToken | null>(null);
  const reload = () => queries.invalidateQueries({ queryKey: tokensQuery.queryKey });
  const create = useMutation({
    mutationFn: () => answer(client.POST("/tokens", { body: { name: name.trim() } })),
    onSuccess: (token) => {
      setIssued(token);
      setName("");
      return reload();
    },
  });
  const remove = useMutation({
    mutationFn: (id: string) => answer(client.DELETE("/tokens/{id}", { params: { path: { id } } })),
    onSuccess: reload,
  });
  useEffect(() => {
    document.title = `${t("title")} · Naru`;
  }, [t]);
  function submit(event: FormEvent) {
    event.preventDefault();
    create.mutate();
  }
  return (
    <Stack gap={14} maw={940} mx="auto">
      {issued && (
        <SecretOnce
          title={t("issued", { name: issued.name })}
          note={t("issuedNote")}
          secret={issued.token}
          testId="issued-token"
          onDone={() => setIssued(null)}
        />
      )}
      <Panel title={t("title")} actions={<Anchor href="/api/openapi.json">{t("docs")} ↗</Anchor>}>
        <Text c="dimmed" mb={16}>
          {t("lead")}
        </Text>
        <form onSubmit={submit} style={{ display: "flex", gap: 8, alignItems: "flex-end", maxWidth: 460 }}>
          <TextInput
            label={t("newName")}
            name="token-name"
            placeholder={t("namePlaceholder")}
            autoComplete="off"
            flex={1}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Button type="submit" loading={create.isPending} disabled={name.trim() === ""}>
            {t("create")}
          </Button>
        </form>
        <Stack gap={8} my={16}>
          <ProblemAlert error={create.error ?? remove.error} />
          <ProblemAlert error={tokens.error} onRetry={() => void tokens.refetch()} />
        </Stack>
        {tokens.data?.length === 0 && <EmptyState title={t("empty.title")}>{t("empty.body")}</EmptyState>}
        {tokens.data && tokens.data.length > 0 && (
          <TokenTable
            tokens={tokens.data}
            pendingId={remove.isPending ? remove.variables : undefined}
            onRemove={(id) => remove.mutate(id)}
          />
        )}
      </Panel>
    </Stack>
  );
}
