import { Button, Group } from "@mantine/core";
import type { Apm } from "@naru/api";
import { EmptyState, LanguageSwitch, Logo, useTitle } from "@naru/ui";
import { useTranslation } from "react-i18next";
import { useConsoleLink } from "../data/consoleUrl";
import { ButtonLink } from "../link/links";

/** So many projects are offered here; the console has them all. */
const OFFERED_MAX = 6;

/** An address that names a project this tenant doesn't have: what may be wrong, and the ones there are. */
export function UnknownProject({ me, project }: { me: Apm.Me; project: string }) {
  const { t } = useTranslation("frame");
  const inConsole = useConsoleLink(me);
  useTitle(t("unknownProject.title"));
  return (
    <main style={{ paddingTop: "12vh" }} data-testid="unknown-project">
      <EmptyState
        icon={<Logo size={28} />}
        title={t("unknownProject.title")}
        action={
          <Group gap={8} justify="center">
            {me.projects.slice(0, OFFERED_MAX).map(({ id, name }) => (
              <ButtonLink key={id} to="/p/$project" params={{ project: id }} variant="default">
                {name}
              </ButtonLink>
            ))}
            <Button component="a" {...inConsole()}>
              {t("unknownProject.console")}
            </Button>
          </Group>
        }
      >
        {t("unknownProject.body", { project })}
      </EmptyState>
      <div style={{ display: "flex", justifyContent: "center" }}>
        <LanguageSwitch />
      </div>
    </main>
  );
}
