import { Button, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { answer, type Console } from "@naru/api";
import { EmptyState, Panel, ProblemAlert } from "@naru/ui";
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { client, licenseKeysQuery } from "../../api";
import { ButtonLink } from "../../link/links";
import { SecretOnce } from "../../parts/SecretOnce";
import { KeyTable } from "./KeyTable";

/** License keys of one project: list, issue, revoke. */
export function KeysPage() {
  const { t } = useTranslation("keys");
  const { id } = useParams({ from: "/app/projects/$id" });
  const queries = useQueryClient();
  const keys = useQuery(licenseKeysQuery(id));
  const [name, setName] = useState("");
  const [issued, setIssued] = useState<Console.IssuedLicenseKey | null>(null);
  const reload = () => queries.invalidateQueries({ queryKey: licenseKeysQuery(id).queryKey });

  const issue = useMutation({
    mutationFn: () =>
      answer(
        client.POST("/projects/{id}/license-keys", {
          params: { path: { id } },
          body: name.trim() === "" ? {} : { name: name.trim() },
        }),
      ),
    onSuccess: (key) => {
      setIssued(key);
      setName("");
      return reload();
    },
  });
  const revoke = useMutation({
    mutationFn: (keyId: string) => answer(client.DELETE("/license-keys/{id}", { params: { path: { id: keyId } } })),
    onSuccess: reload,
  });
  function submit(event: FormEvent) {
    event.preventDefault();
    issue.mutate();
  }
  return (
    <Stack gap={14}>
      {issued && (
        <SecretOnce
          title={t("issued", { name: issued.name })}
          note={t("issuedNote")}
          secret={issued.key}
          testId="issued-key"
          onDone={() => setIssued(null)}
        />
      )}
      <Panel title={t("title")}>
        <Text c="dimmed" mb={16}>
          {t("lead")}
        </Text>
        <form onSubmit={submit} style={{ display: "flex", gap: 8, alignItems: "flex-end", maxWidth: 460 }}>
          <TextInput
            label={t("newName")}
            name="key-name"
            placeholder={t("namePlaceholder")}
            autoComplete="off"
            flex={1}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Button type="submit" loading={issue.isPending}>
            {t("issue")}
          </Button>
        </form>
        <Stack gap={8} my={16}>
          <ProblemAlert error={issue.error ?? revoke.error} />
          <ProblemAlert error={keys.error} onRetry={() => void keys.refetch()} />
        </Stack>
        {keys.data?.length === 0 && (
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
        )}
        {keys.data && keys.data.length > 0 && (
          <KeyTable
            keys={keys.data}
            pendingId={revoke.isPending ? revoke.variables : undefined}
            onRevoke={(keyId) => revoke.mutate(keyId)}
          />
        )}
      </Panel>
    </Stack>
  );
}
