import { Button, Group, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import { ProblemAlert, useTitle } from "@naru/ui";
import { useTranslation } from "react-i18next";
import { sessionQuery } from "../../api";
import { ButtonLink } from "../../link/links";
import { useLogOut } from "../../shell/useLogOut";

/** Where a browser lands that was not let through to a tenant's host: what happened, and how to go on. */
export function RefusedPage() {
  const { t } = useTranslation("refused");
  const why = reasonOf(useSearch({ from: "/gate/log-in-refused" }).code);
  const { data: session } = useQuery(sessionQuery);
  const leaving = useLogOut();
  const title = t(why);
  useTitle(title);
  const body =
    why !== "elsewhere"
      ? t(`${why}Body`)
      : session
        ? t("elsewhereBody", { email: session.user.email, company: session.tenant.company })
        : t("elsewhereNobody");
  return (
    <Stack gap="sm">
      <Title order={1} fz={27} lh={1.25}>
        {title}
      </Title>
      <Text c="dimmed">{body}</Text>
      {leaving.error && (
        <>
          <Text fw={600}>{t("stillIn")}</Text>
          <ProblemAlert error={leaving.error} onRetry={() => leaving.mutate()} />
        </>
      )}
      <Group mt={12}>
        <ButtonLink to="/" size="md">
          {t("projects")}
        </ButtonLink>
        {why === "elsewhere" && session && (
          <Button variant="default" size="md" loading={leaving.isPending} onClick={() => leaving.mutate()}>
            {t("another")}
          </Button>
        )}
      </Group>
    </Stack>
  );
}

/** The codes of the server's answers; anything else is a link that doesn't work. */
function reasonOf(code: string): "elsewhere" | "busy" | "away" | "stale" {
  switch (code) {
    case "not_your_tenant":
      return "elsewhere";
    case "too_many_attempts":
      return "busy";
    case "unavailable":
    case "internal":
      return "away";
    default:
      return "stale";
  }
}
