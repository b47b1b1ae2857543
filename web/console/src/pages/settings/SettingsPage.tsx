import { Anchor, Button, SegmentedControl, Stack, TextInput, Title, useMantineColorScheme } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { answer, type Console } from "@naru/api";
import { LanguageSwitch, Panel, ProblemAlert, useFormat, useTitle } from "@naru/ui";
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { client, regionsQuery, sessionQuery } from "../../api";
import { useSaveLocale } from "../../shell/useSaveLocale";
import rows from "./Rows.module.css";

/** Who I am here, my language and theme, and facts about the company. */
export function SettingsPage() {
  const { t } = useTranslation("settings");
  const { data: session } = useQuery(sessionQuery);
  useTitle(t("title"));
  if (!session) return null;
  return (
    <Stack gap={14}>
      <Title order={1} fz={23}>
        {t("title")}
      </Title>
      <Panel title={t("you")}>
        <You user={session.user} />
      </Panel>
      <Panel title={t("look")}>
        <Look />
      </Panel>
      <Panel title={t("company")}>
        <Company session={session} />
      </Panel>
    </Stack>
  );
}

function You({ user }: { user: Console.Session["user"] }) {
  const { t } = useTranslation("settings");
  const queries = useQueryClient();
  const [name, setName] = useState(user.name);
  const save = useMutation({
    mutationFn: () => answer(client.PATCH("/me", { body: { name: name.trim() } })),
    onSuccess: (session) => queries.setQueryData(sessionQuery.queryKey, session),
  });
  function submit(event: FormEvent) {
    event.preventDefault();
    save.mutate();
  }
  const changed = name.trim() !== user.name && name.trim() !== "";
  return (
    <form onSubmit={submit}>
      <dl className={rows.rows}>
        <dt id="settings-name">{t("name")}</dt>
        <dd className={rows.name}>
          <TextInput
            aria-labelledby="settings-name"
            name="name"
            autoComplete="name"
            w={260}
            maw="100%"
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Button type="submit" variant="default" disabled={!changed} loading={save.isPending}>
            {save.isSuccess && !changed ? t("saved") : t("save")}
          </Button>
        </dd>
        <dt>{t("email")}</dt>
        <dd>
          {user.email} · {user.email_verified ? t("verified") : t("unverified")}
        </dd>
      </dl>
      <ProblemAlert error={save.error} />
    </form>
  );
}

function Look() {
  const { t } = useTranslation("settings");
  const { t: ui } = useTranslation("ui");
  const saveLocale = useSaveLocale();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <dl className={rows.rows}>
      <dt>{t("language")}</dt>
      <dd>
        <LanguageSwitch onChange={saveLocale} />
        <small>{t("languageHint")}</small>
      </dd>
      <dt>{t("theme")}</dt>
      <dd>
        <SegmentedControl
          size="xs"
          aria-label={t("theme")}
          value={colorScheme}
          data={(["light", "dark", "auto"] as const).map((value) => ({ value, label: ui(`theme.${value}`) }))}
          onChange={(value) => {
            if (value === "light" || value === "dark" || value === "auto") setColorScheme(value);
          }}
        />
      </dd>
    </dl>
  );
}

function Company({ session }: { session: Console.Session }) {
  const { t } = useTranslation("settings");
  const format = useFormat();
  const { data: regions = [] } = useQuery(regionsQuery);
  const { tenant, role } = session;
  return (
    <dl className={rows.rows}>
      <dt>{t("companyName")}</dt>
      <dd>{tenant.company}</dd>
      <dt>{t("apm")}</dt>
      <dd>
        <Anchor href={tenant.apm_url}>{tenant.apm_url}</Anchor>
      </dd>
      <dt>{t("region")}</dt>
      <dd>{regions.find((region) => region.name === tenant.region)?.title ?? tenant.region}</dd>
      <dt>{t("since")}</dt>
      <dd>{format.time(tenant.created_at, "date")}</dd>
      <dt>{t("role")}</dt>
      <dd>{t(`roles.${role}`)}</dd>
    </dl>
  );
}
