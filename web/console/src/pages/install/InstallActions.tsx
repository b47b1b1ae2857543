import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { answer, type Console } from "@naru/api";
import { ProblemAlert } from "@naru/ui";
import { useTranslation } from "react-i18next";
import { client } from "../../api";
import { ButtonLink } from "../../link/links";
import { download, naruConf } from "./conf";
import styles from "./Install.module.css";

interface Props {
  project: Console.Project;
  install: Console.Install;
  /** Null when it can't be read any more; the file would be useless then. */
  licenseKey: string | null;
  application: string;
}

export function InstallActions({ project, install, licenseKey, application }: Props) {
  const { t } = useTranslation("install");
  const test = useMutation({
    mutationFn: () => answer(client.POST("/projects/{id}/test-trace", { params: { path: { id: project.id } } })),
  });
  return (
    <>
      <div className={styles.actions}>
        <Button
          variant="default"
          disabled={licenseKey === null}
          aria-describedby={licenseKey === null ? "conf-needs-key" : undefined}
          onClick={() => {
            if (licenseKey !== null) download("naru.conf", naruConf(project, install, licenseKey, application));
          }}
        >
          {t("conf")}
        </Button>
        <Button variant="default" loading={test.isPending} onClick={() => test.mutate()} data-testid="test-trace">
          {t("testTrace")}
        </Button>
        <ButtonLink to="/projects/$id/keys" params={{ id: project.id }} variant="default">
          {t("manageKeys")}
        </ButtonLink>
      </div>
      {licenseKey === null && (
        <p id="conf-needs-key" className={styles.note}>
          {t("confNeedsKey")}
        </p>
      )}
      {test.isSuccess && (
        <p className={styles.note} role="status">
          {t("testTraceSent")} <span className="naru-mono">{test.data.trace_id}</span>
        </p>
      )}
      <ProblemAlert error={test.error} />
    </>
  );
}
