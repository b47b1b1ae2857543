import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { EmptyState, LanguageSwitch, Logo, useTitle } from "@naru/ui";
import { useTranslation } from "react-i18next";
import { useConsoleLink } from "../../data/consoleUrl";
import { meQuery } from "../../data/queries";

/** A tenant without projects. */
export function StartPage() {
  const { t } = useTranslation("start");
  const { data: me } = useQuery(meQuery);
  const inConsole = useConsoleLink(me);
  useTitle(t("title"));
  return (
    <div style={{ paddingTop: "14vh" }}>
      <EmptyState
        icon={<Logo size={32} />}
        title={t("title")}
        action={
          <Button component="a" {...inConsole("/projects/new")} data-testid="create-project">
            {t("create")}
          </Button>
        }
      >
        {t("body")}
      </EmptyState>
      <div style={{ display: "flex", justifyContent: "center" }}>
        <LanguageSwitch />
      </div>
    </div>
  );
}
