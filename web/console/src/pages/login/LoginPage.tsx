import { Alert, Button, PasswordInput, Stack, Text, TextInput, Title } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRouter, useSearch } from "@tanstack/react-router";
import { answer, ApiError } from "@naru/api";
import { ProblemAlert, useRetryWait, useTitle } from "@naru/ui";
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { client, sessionQuery } from "../../api";
import { TextLink } from "../../link/links";
import { isServerPath, safeNext } from "../../safeNext";
import { Overdue } from "./Overdue";

/** Logs in and goes where the person was heading (`?next=`), which may be the hand-over to a tenant's host. */
export function LoginPage() {
  const { t } = useTranslation("login");
  const router = useRouter();
  const queries = useQueryClient();
  const search = useSearch({ from: "/gate/login" });
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const login = useMutation({
    mutationFn: () => answer(client.POST("/sessions", { body: { email: email.trim(), password } })),
    onSuccess: (session) => {
      queries.setQueryData(sessionQuery.queryKey, session);
      const next = safeNext(search.next) ?? "/";
      if (isServerPath(next)) window.location.assign(next);
      else router.history.push(next);
    },
  });
  useTitle(t("title"));
  const waitS = useRetryWait(login.error);
  const overdue = login.error instanceof ApiError && login.error.problem.code === "email_unverified";
  const wrong = login.error instanceof ApiError && login.error.problem.status === 401;
  function submit(event: FormEvent) {
    event.preventDefault();
    login.mutate();
  }
  return (
    <>
      <Title order={1} fz={27} lh={1.25}>
        {t("title")}
      </Title>
      <Text c="dimmed" mt={6} mb={26}>
        {t("lead")}
      </Text>
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          <TextInput
            label={t("email")}
            name="email"
            type="email"
            size="md"
            autoComplete="username"
            autoFocus
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value)}
          />
          <PasswordInput
            label={t("password")}
            name="password"
            size="md"
            autoComplete="current-password"
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
          {wrong ? (
            <Alert color="red" variant="light" role="alert" title={t("wrong")} />
          ) : overdue ? (
            <Overdue email={email.trim()} />
          ) : (
            <ProblemAlert error={login.error} />
          )}
          <Button
            type="submit"
            size="md"
            fullWidth
            mt={6}
            loading={login.isPending}
            disabled={!email || !password || waitS > 0}
          >
            {t("submit")}
          </Button>
        </Stack>
      </form>
      <Text ta="center" mt={26} c="dimmed">
        {t("noAccount")} <TextLink to="/signup" underline="always">{t("signup")}</TextLink>
      </Text>
    </>
  );
}
