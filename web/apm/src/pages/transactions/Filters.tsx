import { Button, SegmentedControl, TextInput } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

const WAIT_MS = 400;

/** Status and operation, kept in the URL. What is typed stays typed when an answer fails. */
export function Filters() {
  const { t } = useTranslation("transactions");
  const { status, operation } = useSearch({ from: "/p/$project/transactions" });
  const navigate = useNavigate({ from: "/p/$project/transactions" });
  const [typed, setTyped] = useState(operation ?? "");
  useEffect(() => setTyped(operation ?? ""), [operation]);
  useEffect(() => {
    if (typed.trim() === (operation ?? "")) return undefined;
    const timer = setTimeout(() => void navigate({ search: (before) => ({ ...before, operation: typed.trim() || undefined }), replace: true }), WAIT_MS);
    return () => clearTimeout(timer);
  }, [typed, operation, navigate]);
  return (
    <>
      <TextInput size="xs" w={240} aria-label={t("filter.operation")} placeholder={`${t("filter.operation")} – ${t("filter.operationHint")}`} value={typed} onChange={(event) => setTyped(event.currentTarget.value)} />
      <SegmentedControl
        size="xs"
        aria-label={t("filter.status")}
        value={status ?? "any"}
        data={[
          { value: "any", label: t("filter.any") },
          { value: "ok", label: t("filter.ok") },
          { value: "error", label: t("filter.error") },
        ]}
        onChange={(value) => void navigate({ search: (before) => ({ ...before, status: value === "ok" || value === "error" ? value : undefined }) })}
      />
      {(status !== undefined || operation !== undefined) && (
        <Button size="compact-xs" variant="subtle" onClick={() => void navigate({ search: (before) => ({ ...before, status: undefined, operation: undefined }) })}>
          {t("filter.clear")}
        </Button>
      )}
    </>
  );
}
