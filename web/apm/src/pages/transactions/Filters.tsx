import { Button, SegmentedControl } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { isAttribute } from "./search";
import { TypedFilter } from "./TypedFilter";

/** Status, operation and an attribute, kept in the URL. */
export function Filters() {
  const { t } = useTranslation("transactions");
  const { status, operation, attr } = useSearch({ from: "/p/$project/transactions" });
  const navigate = useNavigate({ from: "/p/$project/transactions" });
  const setOperation = useCallback((operation: string | undefined) => void navigate({ search: (before) => ({ ...before, operation }), replace: true }), [navigate]);
  const setAttribute = useCallback((attr: string | undefined) => void navigate({ search: (before) => ({ ...before, attr }), replace: true }), [navigate]);
  const isFiltered = status !== undefined || operation !== undefined || attr !== undefined;
  return (
    <>
      <TypedFilter label={t("filter.operation")} hint={t("filter.operationHint")} width={220} value={operation} onChange={setOperation} />
      <TypedFilter
        label={t("filter.attribute")}
        hint={t("filter.attributeHint")}
        width={250}
        value={attr}
        onChange={setAttribute}
        problemOf={(typed) => (isAttribute(typed) ? null : t("filter.attributeProblem"))}
      />
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
      {isFiltered && (
        <Button size="compact-xs" variant="subtle" onClick={() => void navigate({ search: (before) => ({ ...before, status: undefined, operation: undefined, attr: undefined }) })}>
          {t("filter.clear")}
        </Button>
      )}
    </>
  );
}
