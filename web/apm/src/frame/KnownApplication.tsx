import { Button, Group } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { EmptyState } from "@naru/ui";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { applicationsQuery } from "../data/queries";
import { useNameOf } from "../parts/ShownName";
import { NO_BOX, useView } from "../view/useView";

/**
 * The page, or a way out when the address names an application without transactions in the chosen time: a mistyped name and a silent
 * application look the same to us. The list is asked again, so the page appears with the first transaction.
 */
export function KnownApplication({ children }: { children: ReactNode }) {
  const { t } = useTranslation("frame");
  const page = useView();
  const { data, isPlaceholderData } = useQuery(applicationsQuery(page.project, page.window));
  const { application } = page.view;
  const nameOf = useNameOf();
  const missing = application !== undefined && data !== undefined && !isPlaceholderData && !data.applications.some(({ name }) => name === application);
  if (!missing) return children;
  return (
    <div data-testid="unknown-application">
      <EmptyState
        title={t("unknownApplication.title", { application: nameOf(application) })}
        action={
          <Group gap={8} justify="center">
            <Button onClick={() => page.change({ application: undefined, instance: undefined, ...NO_BOX })}>{t("unknownApplication.all")}</Button>
            <Button variant="default" onClick={() => page.change({ range: "24h", from: undefined, to: undefined, ...NO_BOX })}>
              {t("unknownApplication.wider")}
            </Button>
          </Group>
        }
      >
        {t("unknownApplication.body")}
      </EmptyState>
    </div>
  );
}
