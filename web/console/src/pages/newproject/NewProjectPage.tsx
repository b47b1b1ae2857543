import { Autocomplete, Button, Group, Select, Stack, Text, TextInput, Title } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { answer, ApiError } from "@naru/api";
import { Panel, ProblemAlert, useTitle } from "@naru/ui";
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { client, projectsQuery, regionsQuery, sessionQuery } from "../../api";
import { ButtonLink } from "../../link/links";
import { groupNames } from "../projects/groups";
import { PlatformTiles } from "./PlatformTiles";
import { useProjectFieldWords } from "./useProjectFieldWords";

/** Creates a project and goes on to connect its first agent. The platform is in the URL, so it can be linked to. */
export function NewProjectPage() {
  const { t } = useTranslation("newProject");
  const navigate = useNavigate();
  const queries = useQueryClient();
  const { platform } = useSearch({ from: "/app/projects/new" });
  const { data: session } = useQuery(sessionQuery);
  const { data: regions = [] } = useQuery(regionsQuery);
  const { data: projects = [] } = useQuery(projectsQuery);
  const [name, setName] = useState("");
  const [chosenRegion, setRegion] = useState<string | null>(null);
  const [group, setGroup] = useState("");
  const region = chosenRegion ?? session?.tenant.region ?? regions[0]?.name ?? "";

  const create = useMutation({
    mutationFn: () =>
      answer(client.POST("/projects", { body: { name: name.trim(), platform, region, group: group.trim() } })),
    onSuccess: async (project) => {
      queries.setQueryData(["project", project.id], project);
      void queries.invalidateQueries({ queryKey: projectsQuery.queryKey });
      await navigate({ to: "/projects/$id/install", params: { id: project.id } });
    },
  });
  const words = useProjectFieldWords(create.error);
  useTitle(t("title"));

  function submit(event: FormEvent) {
    event.preventDefault();
    create.mutate();
  }
  const unnamed = create.error && !(create.error instanceof ApiError && create.error.problem.errors?.length);
  return (
    <form onSubmit={submit} noValidate>
      <Title order={1} fz={23}>
        {t("title")}
      </Title>
      <Text c="dimmed" mt={6} mb={22}>
        {t("lead")}
      </Text>
      <Panel title={t("platform")}>
        <PlatformTiles
          value={platform}
          onChange={(next) => void navigate({ to: "/projects/new", search: { platform: next }, replace: true })}
        />
        <Stack mt={26} gap="md" maw={460}>
          <TextInput
            label={t("name")}
            name="name"
            size="md"
            required
            withAsterisk={false}
            placeholder={t("namePlaceholder")}
            autoComplete="off"
            value={name}
            error={words("name")}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Select
            label={t("region")}
            size="md"
            allowDeselect={false}
            data={regions.map((item) => ({ value: item.name, label: item.title }))}
            value={region || null}
            error={words("region")}
            onChange={setRegion}
          />
          <Autocomplete
            label={t("group")}
            name="group"
            description={t("groupHint")}
            inputWrapperOrder={["label", "input", "description", "error"]}
            size="md"
            data={groupNames(projects)}
            value={group}
            error={words("group")}
            onChange={setGroup}
          />
        </Stack>
        {unnamed && (
          <div style={{ marginTop: 16 }}>
            <ProblemAlert error={create.error} />
          </div>
        )}
        <Group mt={26} gap={10}>
          <Button type="submit" size="md" loading={create.isPending} disabled={name.trim() === "" || region === ""}>
            {t("submit")}
          </Button>
          <ButtonLink to="/" variant="default" size="md">
            {t("cancel")}
          </ButtonLink>
        </Group>
      </Panel>
    </form>
  );
}
