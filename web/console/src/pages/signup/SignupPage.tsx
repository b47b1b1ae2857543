import { Text, Title } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { answer, ApiError } from "@naru/api";
import { ProblemAlert, useRetryWait, useTitle } from "@naru/ui";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { client, regionsQuery, sessionQuery } from "../../api";
import { TextLink } from "../../link/links";
import { AccountStep } from "./AccountStep";
import { CompanyStep } from "./CompanyStep";
import {
  checkStep,
  errorsOf,
  firstRefused,
  stepOf,
  suggestTenant,
  type FieldErrors,
  type SignupField,
  type SignupForm,
  type SignupStep,
} from "./fields";
import { useFieldWords } from "./useFieldWords";

const EMPTY: SignupForm = { email: "", password: "", name: "", company: "", tenant: "", region: "" };

/** Sign-up in two steps; ends with a session and the first project's form. */
export function SignupPage() {
  const { t, i18n } = useTranslation("signup");
  const navigate = useNavigate();
  const queries = useQueryClient();
  const { data: regions = [] } = useQuery(regionsQuery);
  const [step, setStep] = useState<SignupStep>("account");
  const [form, setForm] = useState(EMPTY);
  const [errors, setErrors] = useState<FieldErrors>({});
  const [tenantTyped, setTenantTyped] = useState(false);
  const [refusedField, setRefusedField] = useState<SignupField | null>(null);
  const words = useFieldWords(errors);
  const firstRegion = regions[0]?.name ?? "";
  const filled: SignupForm = { ...form, region: form.region || firstRegion };

  const signup = useMutation({
    mutationFn: () => answer(client.POST("/signup", { body: { ...filled, locale: i18n.language } })),
    onSuccess: async (session) => {
      queries.setQueryData(sessionQuery.queryKey, session);
      await navigate({ to: "/projects/new" });
    },
    onError: (error) => {
      if (!(error instanceof ApiError)) return;
      const refused = errorsOf(error);
      setErrors(refused);
      setRefusedField(firstRefused(refused));
      setStep((current) => stepOf(refused) ?? current);
    },
  });

  function change(field: SignupField, value: string) {
    setErrors((current) => ({ ...current, [field]: undefined }));
    if (field === "tenant") setTenantTyped(true);
    setForm((current) => ({
      ...current,
      [field]: value,
      // The company's name suggests the address until a person chooses one.
      ...(field === "company" && !tenantTyped ? { tenant: suggestTenant(value) } : {}),
    }));
  }

  function leave(current: SignupStep, go: () => void) {
    const found = checkStep(filled, current);
    setErrors(found);
    if (Object.keys(found).length === 0) go();
  }

  useTitle(t(`${step}.title`));
  // After the step with the field is drawn: the person goes on where the server said no.
  useEffect(() => {
    if (refusedField === null) return;
    document.querySelector<HTMLInputElement>(`input[name="${refusedField}"]`)?.focus();
    setRefusedField(null);
  }, [refusedField]);
  const waitS = useRetryWait(signup.error);

  const named = Object.values(errors).some(Boolean);
  return (
    <>
      <Text size="xs" c="dimmed" mb={6}>
        {t("step", { step: step === "account" ? 1 : 2 })}
      </Text>
      <Title order={1} fz={27} lh={1.25}>
        {t(`${step}.title`)}
      </Title>
      <Text c="dimmed" mt={6} mb={26}>
        {t(`${step}.lead`)}
      </Text>
      {step === "account" ? (
        <AccountStep form={filled} words={words} onChange={change} onSubmit={() => leave("account", () => setStep("company"))} />
      ) : (
        <CompanyStep
          form={filled}
          regions={regions}
          words={words}
          pending={signup.isPending}
          waiting={waitS > 0}
          onChange={change}
          onBack={() => setStep("account")}
          onSubmit={() => leave("company", () => signup.mutate())}
        />
      )}
      {signup.error && !named && (
        <div style={{ marginTop: 16 }}>
          <ProblemAlert error={signup.error} />
        </div>
      )}
      <Text ta="center" mt={26} c="dimmed">
        {t("haveAccount")} <TextLink to="/login" underline="always">{t("login")}</TextLink>
      </Text>
    </>
  );
}
