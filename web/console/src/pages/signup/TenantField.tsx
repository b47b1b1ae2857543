import { Loader, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { tenantHost } from "./fields";
import { useAvailability } from "./useAvailability";
import { useFieldWords } from "./useFieldWords";

interface Props {
  value: string;
  region: string;
  /** What the last sign-up attempt said of this very value. */
  error: string | undefined;
  onChange: (value: string) => void;
}

/** The subdomain, checked while typing; what is refused says why. */
export function TenantField({ value, region, error, onChange }: Props) {
  const { t } = useTranslation("signup");
  const availability = useAvailability(value);
  const refused = availability.state === "known" && !availability.answer.available ? availability.answer : null;
  const words = useFieldWords(
    refused ? { tenant: { code: refused.code ?? "invalid", message: refused.message ?? "" } } : {},
  );
  const free = availability.state === "known" && availability.answer.available && error === undefined;
  return (
    <div>
      <TextInput
        label={t("tenant")}
        description={value === "" ? t("tenantHint") : undefined}
        inputWrapperOrder={["label", "input", "description", "error"]}
        name="tenant"
        size="md"
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        value={value}
        error={error ?? words("tenant")}
        rightSection={availability.state === "checking" ? <Loader size={16} aria-label={t("checking")} /> : undefined}
        onChange={(event) => onChange(event.currentTarget.value.toLowerCase().trim())}
      />
      <div aria-live="polite" data-testid="tenant-availability" data-state={free ? "available" : availability.state}>
        {free && (
          <p style={{ margin: "6px 0 0", fontSize: 13 }}>
            <strong style={{ color: "var(--naru-ok)", fontWeight: 600 }}>✓ {t("available", { tenant: value })}</strong>
            <br />
            <span style={{ color: "var(--naru-muted)" }}>
              {t("tenantIs", { host: tenantHost(window.location.host, value, region) })}
            </span>
          </p>
        )}
      </div>
    </div>
  );
}
