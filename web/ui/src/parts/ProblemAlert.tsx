import { Alert, Button, Group, Text } from "@mantine/core";
import { ApiError, problemOf, type Problem } from "@naru/api";
import { useTranslation } from "react-i18next";

interface Props {
  /** Whatever was thrown; nothing is shown for `null` or `undefined`. */
  error: unknown;
  onRetry?: () => void;
}

/** A failed request in words a person can act on. The page around it keeps what was typed. */
export function ProblemAlert({ error, onRetry }: Props) {
  const { t } = useTranslation("ui");
  const words = useProblemWords(error);
  if (error === null || error === undefined) return null;
  return (
    <Alert color="red" variant="light" title={words.title} role="alert" radius="lg">
      {words.help !== undefined && <Text size="sm">{words.help}</Text>}
      {(words.code !== undefined || onRetry) && (
        <Group justify="space-between" mt={6}>
          <Text size="xs" c="dimmed">
            {words.code !== undefined && t("problem.code", { code: words.code })}
          </Text>
          {onRetry && (
            <Button size="compact-sm" variant="default" onClick={onRetry}>
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

/** Known states in the reader's own language; for the rest, the server's sentence. */
function useProblemWords(error: unknown): Words {
  const { t } = useTranslation("ui");
  const problem: Problem = problemOf(error);
  const retryAfterS = error instanceof ApiError ? error.retryAfterS : undefined;
  switch (true) {
    case problem.status === 0:
      return { title: t("problem.unreachable"), help: t("problem.unreachableHelp") };
    case problem.status === 429:
      return { title: t("problem.rateLimited"), help: t("problem.rateLimitedHelp", { seconds: retryAfterS ?? 60 }) };
    case problem.status === 502 || problem.status === 503 || problem.status === 504:
      return { title: t("problem.unavailable"), help: t("problem.unavailableHelp") };
    case problem.code === "email_unverified":
      return { title: t("problem.unverified"), help: t("problem.unverifiedHelp") };
    case problem.status === 403:
      return { title: t("problem.forbidden"), code: problem.code };
    case problem.status === 404:
      return { title: t("problem.notFound"), code: problem.code };
    case problem.status >= 500:
      return { title: t("problem.internal"), help: t("problem.internalHelp"), code: problem.code };
    default:
      return { title: problem.detail ?? problem.title, code: problem.code };
  }
}
