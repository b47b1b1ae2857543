import { SegmentedControl, Text, TextInput } from "@mantine/core";
import type { Console } from "@naru/api";
import { Panel } from "@naru/ui";
import { useTranslation } from "react-i18next";
import { CodeBlock } from "./CodeBlock";
import { pingCommand } from "./conf";
import { applicationName } from "./guide/environment";
import { guideOf, wholeText, type GuideId, type Shell } from "./guide";
import { InstallActions } from "./InstallActions";
import { KeyLine } from "./KeyLine";
import { useIssuedKey } from "./useIssuedKey";
import styles from "./Install.module.css";

interface Props {
  project: Console.Project;
  install: Console.Install;
  guideId: GuideId;
  shell: Shell;
  /** As typed; `applicationName` makes it safe. */
  application: string;
  onShell: (shell: Shell) => void;
  onApplication: (application: string) => void;
}

/** The commands for one platform, complete with key, addresses and names. */
export function GuidePanel({ project, install, guideId, shell, application, onShell, onApplication }: Props) {
  const { t } = useTranslation("install");
  const issued = useIssuedKey(project.id);
  const guide = guideOf(guideId);
  const usedShell = guide.shells.includes(shell) ? shell : "linux";
  const secret = issued.query.data?.key ?? null;
  const key = secret ?? t("key.placeholder");
  const name = applicationName(application);
  const steps = guide.steps(
    { key, httpUrl: install.otlp_http_url, grpcUrl: install.otlp_grpc_url, application: name },
    usedShell,
  );
  return (
    <Panel>
      <div id="guide" role="tabpanel" aria-label={t(`guides.${guideId}`)}>
        <div className={styles.setup}>
          <TextInput
            label={t("application")}
            name="application"
            autoComplete="off"
            spellCheck={false}
            w={240}
            value={application}
            onChange={(event) => onApplication(event.currentTarget.value)}
          />
          <div className={styles.needs}>
            {guide.shells.length > 1 && (
              <SegmentedControl
                size="xs"
                aria-label={t("shell.label")}
                value={usedShell}
                data={guide.shells.map((value) => ({ value, label: t(`shell.${value}`) }))}
                onChange={(value) => onShell(value === "windows" ? "windows" : "linux")}
              />
            )}
            <Text size="xs" c="dimmed" mt={4}>
              {t("requires", { what: guide.requires })}
            </Text>
          </div>
        </div>
        <KeyLine issued={issued} />
        <ol
          className={styles.steps}
          data-testid={`snippet-${guideId}`}
          data-snippet={wholeText(steps)}
          data-ready={secret !== null}
        >
          {steps.map((step, index) => (
            <li key={step.title} className={styles.step}>
              <span className={styles.number} aria-hidden>
                {index + 1}
              </span>
              <h3 className={styles.stepTitle}>{t(`steps.${step.title}`)}</h3>
              <div className={styles.body}>
                <CodeBlock
                  code={step.code}
                  secret={secret}
                  placeholder={t("key.placeholder")}
                  file={step.file}
                  label={t(`steps.${step.title}`)}
                  testId={`snippet-${guideId}-${index + 1}`}
                />
                {step.note !== undefined && <p className={styles.note}>{t(`notes.${step.note}`)}</p>}
              </div>
            </li>
          ))}
        </ol>
        <details style={{ marginTop: 24 }}>
          <summary style={{ cursor: "pointer" }}>{t("ping.title")}</summary>
          <div style={{ marginTop: 10 }}>
            <CodeBlock
              code={pingCommand(install, key)}
              secret={secret}
              placeholder={t("key.placeholder")}
              label={t("ping.title")}
              testId="snippet-ping"
            />
            <p className={styles.note}>{t("ping.note")}</p>
          </div>
        </details>
        <InstallActions project={project} install={install} licenseKey={secret} application={name} />
      </div>
    </Panel>
  );
}
