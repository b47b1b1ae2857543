import { Button, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, type UseQueryResult } from "@tanstack/react-query";
import { Panel, ProblemAlert } from "@naru/ui";
import { useState, type FormEvent, type ReactNode } from "react";
import { SecretOnce } from "./SecretOnce";
import { SecretTable, type Secret, type SecretState, type SecretTableWords } from "./SecretTable";

export interface SecretPanelWords extends SecretTableWords {
  title: string;
  lead: string;
  newName: string;
  namePlaceholder: string;
  create: string;
  issued: (name: string) => string;
  issuedNote: string;
}

interface Props<S extends Secret> {
  words: SecretPanelWords;
  /** Names fields and rows: `key` or `token`. */
  kind: "key" | "token";
  list: UseQueryResult<S[]>;
  /** Is a name needed? */
  named: boolean;
  state?: SecretState<S>;
  actions?: ReactNode;
  /** Shown while there is none. */
  empty: ReactNode;
  /** Makes one and returns its whole text. */
  create: (name: string) => Promise<{ name: string; text: string }>;
  remove: (id: string) => Promise<unknown>;
  /** After either. */
  reload: () => Promise<void>;
}

/** Secrets of one kind: list, make one and show it once, end one. */
export function SecretPanel<S extends Secret>({ words, kind, list, named, state, actions, empty, ...acts }: Props<S>) {
  const [name, setName] = useState("");
  const [issued, setIssued] = useState<{ name: string; text: string } | null>(null);
  const create = useMutation({
    mutationFn: () => acts.create(name.trim()),
    onSuccess: (made) => {
      setIssued(made);
      setName("");
      return acts.reload();
    },
  });
  const remove = useMutation({ mutationFn: acts.remove, onSuccess: acts.reload });
  function submit(event: FormEvent) {
    event.preventDefault();
    create.mutate();
  }
  return (
    <Stack gap={14}>
      {issued && (
        <SecretOnce
          title={words.issued(issued.name)}
          note={words.issuedNote}
          secret={issued.text}
          testId={`issued-${kind}`}
          onDone={() => setIssued(null)}
        />
      )}
      <Panel title={words.title} actions={actions}>
        <Text c="dimmed" mb={16}>
          {words.lead}
        </Text>
        <form onSubmit={submit} style={{ display: "flex", gap: 8, alignItems: "flex-end", maxWidth: 460 }}>
          <TextInput
            label={words.newName}
            name={`${kind}-name`}
            placeholder={words.namePlaceholder}
            autoComplete="off"
            flex={1}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Button type="submit" loading={create.isPending} disabled={named && name.trim() === ""}>
            {words.create}
          </Button>
        </form>
        <Stack gap={8} my={16}>
          <ProblemAlert error={create.error ?? remove.error} />
          <ProblemAlert error={list.error} onRetry={() => void list.refetch()} />
        </Stack>
        {list.data?.length === 0 && empty}
        {list.data && list.data.length > 0 && (
          <SecretTable
            secrets={list.data}
            words={words}
            testId={kind}
            {...(state ? { state } : {})}
            pendingId={remove.isPending ? remove.variables : undefined}
            onRemove={(id) => remove.mutate(id)}
          />
        )}
      </Panel>
    </Stack>
  );
}
