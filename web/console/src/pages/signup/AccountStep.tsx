import { Button, PasswordInput, Stack, TextInput } from "@mantine/core";
import type { FormEvent } from "react";
import { useTranslation } from "react-i18next";
import type { SignupField, SignupForm } from "./fields";

interface Props {
  form: SignupForm;
  words: (field: SignupField) => string | undefined;
  onChange: (field: SignupField, value: string) => void;
  onSubmit: () => void;
}

/** Step one: who. */
export function AccountStep({ form, words, onChange, onSubmit }: Props) {
  const { t } = useTranslation("signup");
  function submit(event: FormEvent) {
    event.preventDefault();
    onSubmit();
  }
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        <TextInput
          label={t("email")}
          name="email"
          type="email"
          size="md"
          autoComplete="email"
          autoFocus
          value={form.email}
          error={words("email")}
          onChange={(event) => onChange("email", event.currentTarget.value)}
        />
        <PasswordInput
          label={t("password")}
          description={words("password") === undefined ? t("passwordHint") : undefined}
          inputWrapperOrder={["label", "input", "description", "error"]}
          name="password"
          size="md"
          autoComplete="new-password"
          value={form.password}
          error={words("password")}
          onChange={(event) => onChange("password", event.currentTarget.value)}
        />
        <TextInput
          label={t("name")}
          name="name"
          size="md"
          autoComplete="name"
          value={form.name}
          error={words("name")}
          onChange={(event) => onChange("name", event.currentTarget.value)}
        />
        <Button type="submit" size="md" fullWidth mt={6}>
          {t("next")}
        </Button>
      </Stack>
    </form>
  );
}
