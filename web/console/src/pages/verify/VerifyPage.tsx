import { Loader, Stack, Text, Title } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import { answer, ApiError } from "@naru/api";
import { ProblemAlert, useTitle } from "@naru/ui";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { client, sessionQuery } from "../../api";
import { ButtonLink } from "../../link/links";

/** Takes the token of the mail's link. Works in a browser without a session, too. */
export function VerifyPage() {
  const { t } = useTranslation("verify");
  const { token } = useSearch({ from: "/gate/verify" });
  const queries = useQueryClient();
  // A query, not a mutation: a token is used once, and a query is asked once per token however often the page is drawn.
  const verification = useQuery({
    queryKey: ["verification", token],
    queryFn: () => answer(client.POST("/email-verifications", { body: { token } })),
    enabled: token !== "",
    retry: false,
    staleTime: Infinity,
  });
  const verified = verification.isSuccess;
  useEffect(() => {
    if (verified) void queries.invalidateQueries({ queryKey: sessionQuery.queryKey });
  }, [verified, queries]);
  const refused =
    token === "" || (verification.error instanceof ApiError && verification.error.problem.status >= 400 && verification.error.problem.status < 500);
  const title = verified ? t("done") : refused ? t("failed") : t("title");
  useTitle(title);
  return (
    <Stack gap="sm">
      <Title order={1} fz={27} lh={1.25}>
        {title}
      </Title>
      {verification.isPending && token !== "" && <Loader size="sm" />}
      {verified && <Text c="dimmed">{t("doneBody", { email: verification.data.email })}</Text>}
      {refused && <Text c="dimmed">{token === "" ? t("missing") : t("failedBody")}</Text>}
      {verification.error && !refused && (
        <ProblemAlert error={verification.error} onRetry={() => void verification.refetch()} />
      )}
      {(verified || refused) && (
        <ButtonLink to="/" size="md" mt={12}>
          {t("go")}
        </ButtonLink>
      )}
    </Stack>
  );
}
