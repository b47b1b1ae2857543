import { Alert, Button, Group, Text } from "@mantine/core";
import { problemOf, type Problem } from "@naru/api";
import { useTranslation } from "react-i18next";
import { useFormat } from "../format/useFormat";
import { uiText } from "../text";
import { useRetryWait } from "./useRetryWait";

interface Props {
  /** Whatever was thrown; nothing is shown for `null` or `undefined`. */
  error: unknown;
  onRetry?: () => void;
}

/** A failed request in words a person can act on. The page around it keeps what was typed. */
export function ProblemAlert({ error, onRetry }: Props) {
  const { t } = useTranslation("ui");
  const waitS = useRetryWait(error);
  const words = useProblemWords(error, waitS);
  if (error === null || error === undefined) return null;
  return (
    <Alert color="red" variant="light" title={words.title} role="alert" radius="lg">
      {words.help !== undefined && (
        // Counts down in an alert: without `off`, a screen reader would say every second aloud.
        <Text size="sm" aria-live={waitS > 0 ? "off" : undefined}>
          {words.help}
        </Text>
      )}
      {(words.code !== undefined || onRetry) && (
        <Group justify="space-between" mt={6}>
          <Text size="xs" c="dimmed">
            {words.code !== undefined && t("problem.code", { code: words.code })}
          </Text>
          {onRetry && (
            <Button size="compact-sm" variant="default" disabled={waitS > 0} onClick={onRetry}>
              {t("retry")}
            </Button>
          )}
        </Group>
      )}
    </Alert>
  );
}

interface Words {
  title: string;
  help?: string | undefined;
  code?: string | undefined;
}

type Refusal = keyof typeof uiText.en.problem.refusals;
const REFUSALS = Object.keys(uiText.en.problem.refusals) as Refusal[];

/** The first code of a refusal that has words: of a field, else of the whole request. */
function refusalOf(problem: Problem): Refusal | undefined {
  const codes = [...(problem.errors ?? []).map((error) => error.code), problem.code];
  return codes.map((code) => REFUSALS.find((known) => known === code)).find((known) => known !== undefined);
}

/** Known states in the reader's own language; for the rest, the server's sentence to those who read English. */
function useProblemWords(error: unknown, waitS: number): Words {
  const { t } = useTranslation("ui");
  const { locale } = useFormat();
  const problem: Problem = problemOf(error);
  const refusal = refusalOf(problem);
  switch (true) {
    case problem.status === 0:
      return { title: t("problem.unreachable"), help: t("problem.unreachableHelp") };
    case problem.status === 429:
      return {
        title: t(problem.code === "too_many_attempts" ? "problem.rateLimited" : "problem.busy"),
        help: waitS > 0 ? t("problem.rateLimitedHelp", { seconds: waitS }) : t("problem.rateLimitedOver"),
      };
    case problem.status === 502 || problem.status === 503 || problem.status === 504:
      return { title: t("problem.unavailable"), help: t("problem.unavailableHelp") };
    case problem.code === "email_unverified":
      return { title: t("problem.unverified"), help: t("problem.unverifiedHelp") };
    case problem.status === 403:
      return { title: t("problem.forbidden"), code: problem.code };
    case problem.status === 404:
      return { title: t("problem.notFound"), code: problem.code };
    case problem.code === "stored_data_damaged":
      return { title: t("problem.damaged"), help: t("problem.damagedHelp") };
    case problem.status >= 500:
      return { title: t("problem.internal"), help: t("problem.internalHelp"), code: problem.code };
    case refusal !== undefined:
      return { title: t(`problem.refusals.${refusal ?? "invalid"}`) };
    default:
      return {
        title: t("problem.refused"),
        help: locale === "en" ? (problem.detail ?? problem.title) : undefined,
        code: problem.code,
      };
  }
}
