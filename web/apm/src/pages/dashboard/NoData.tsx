import { Button, Group } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { EmptyState, Panel } from "@naru/ui";
import { useTranslation } from "react-i18next";
import { useConsoleLink } from "../../data/consoleUrl";
import { meQuery } from "../../data/queries";
import { NO_BOX, type PageView } from "../../view/useView";

/** Why nothing is here and what fills it. */
export function NoData({ page }: { page: PageView }) {
  const { t } = useTranslation("dashboard");
  const { data: me } = useQuery(meQuery);
  const inConsole = useConsoleLink(me);
  return (
    <Panel>
      <EmptyState
        title={t("empty.title")}
        action={
          <Group gap={8}>
            <Button component="a" {...inConsole(`/projects/${encodeURIComponent(page.project)}/install`)} data-testid="install-link">
              {t("empty.install")}
            </Button>
            <Button variant="default" onClick={() => page.change({ range: "24h", from: undefined, to: undefined, ...NO_BOX })}>
              {t("empty.wider")}
            </Button>
          </Group>
        }
      >
        {t("empty.body")}
      </EmptyState>
    </Panel>
  );
}
