import { Button, Group, Select, Stack, TextInput } from "@mantine/core";
import type { Console } from "@naru/api";
import type { FormEvent } from "react";
import { useTranslation } from "react-i18next";
import type { SignupField, SignupForm } from "./fields";
import { TenantField } from "./TenantField";

interface Props {
  form: SignupForm;
  regions: Console.Region[];
  words: (field: SignupField) => string | undefined;
  pending: boolean;
  /** Too many attempts: the server listens again after a while. */
  waiting: boolean;
  onChange: (field: SignupField, value: string) => void;
  onBack: () => void;
  onSubmit: () => void;
}

/** Step two: where. */
export function CompanyStep({ form, regions, words, pending, waiting, onChange, onBack, onSubmit }: Props) {
  const { t } = useTranslation("signup");
  function submit(event: FormEvent) {
    event.preventDefault();
    onSubmit();
  }
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        <TextInput
          label={t("companyName")}
          name="company"
          size="md"
          autoComplete="organization"
          autoFocus
          value={form.company}
          error={words("company")}
          onChange={(event) => onChange("company", event.currentTarget.value)}
        />
        <TenantField
          value={form.tenant}
          region={form.region}
          error={words("tenant")}
          onChange={(value) => onChange("tenant", value)}
        />
        <Select
          label={t("region")}
          description={t("regionHint")}
          inputWrapperOrder={["label", "input", "description", "error"]}
          name="region"
          size="md"
          allowDeselect={false}
          data={regions.map((region) => ({ value: region.name, label: region.title }))}
          value={form.region || null}
          error={words("region")}
          onChange={(value) => onChange("region", value ?? "")}
        />
        <Group gap={10} mt={6} wrap="nowrap">
          <Button variant="default" size="md" onClick={onBack}>
            {t("back")}
          </Button>
          <Button type="submit" size="md" flex={1} loading={pending} disabled={waiting}>
            {t("submit")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
