import { Button } from "@mantine/core";
import { useRouter } from "@tanstack/react-router";
import { ApiError } from "@naru/api";
import { EmptyState, Logo, ProblemAlert, useTitle } from "@naru/ui";
import { useTranslation } from "react-i18next";
import { ButtonLink } from "../link/links";

export function NotFound() {
  const { t } = useTranslation("shell");
  useTitle(t("notFound.title"));
  return (
    <EmptyState icon={<Logo size={28} />} title={t("notFound.title")} action={<ButtonLink to="/">{t("notFound.home")}</ButtonLink>}>
      {t("notFound.body")}
    </EmptyState>
  );
}

/** A page that could not be loaded or broke while it was drawn. */
export function Failed({ error, reset }: { error: unknown; reset: () => void }) {
  const { t } = useTranslation("shell");
  const router = useRouter();
  if (error instanceof ApiError) {
    return (
      <div style={{ maxWidth: 520, margin: "18vh auto 0", padding: 16 }}>
        <ProblemAlert
          error={error}
          onRetry={() => {
            reset();
            void router.invalidate();
          }}
        />
      </div>
    );
  }
  return (
    <EmptyState
      icon={<Logo size={28} />}
      title={t("failed.title")}
      action={<Button onClick={() => window.location.reload()}>{t("reload")}</Button>}
    >
      {t("failed.body")}
    </EmptyState>
  );
}
