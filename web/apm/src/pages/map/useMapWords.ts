import { useFormat } from "@naru/ui";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { isOthers, useNameOf, useOthersWhy } from "../../parts/ShownName";
import type { Edge, Node } from "./graph";

/** What the map says, in the reader's language. */
export function useMapWords() {
  const { t } = useTranslation("map");
  const format = useFormat();
  const nameOf = useNameOf();
  const othersWhy = useOthersWhy();
  return useMemo(() => {
    const rate = (perSecond: number) => t("rate", { rate: format.number(perSecond, perSecond < 1 ? 2 : perSecond < 100 ? 1 : 0) });
    const duration = (ms: number | null) => (ms === null ? "–" : format.duration(ms));
    return {
      rate,
      duration,
      percent: format.percent,
      /** A database may be known by a number only. */
      name: ({ kind, name, system }: Pick<Node, "kind" | "name" | "system">) => (kind === "outside" ? t("kinds.outside") : isOthers(name) ? nameOf(name) : /\D/.test(name) ? name : [system, name].filter(Boolean).join(" ") || t(`kinds.${kind}`)),
      /** Why a name stands for several; undefined when it doesn't. */
      others: ({ name }: Pick<Node, "name">) => othersWhy(name, "application"),
      /** `Database · postgresql`; of those outside who they are. */
      kind: ({ kind, system }: Pick<Node, "kind" | "system">) => (kind === "outside" ? t("outsideWho") : [t(`kinds.${kind}`), system].filter(Boolean).join(" · ")),
      change: ({ change, p95_ms, before }: Pick<Edge, "change" | "p95_ms" | "before">) => {
        if (change === null) return null;
        if ((change === "slower" || change === "faster") && p95_ms && before?.p95_ms) {
          const factor = change === "slower" ? p95_ms / before.p95_ms : before.p95_ms / p95_ms;
          return t(`changed.${change}`, { factor: format.number(factor, factor < 10 ? 1 : 0) });
        }
        return t(`changes.${change}`);
      },
    };
  }, [t, format, nameOf, othersWhy]);
}

export type MapWords = ReturnType<typeof useMapWords>;

/** Before the word for what changed, so that it isn't told by colour. */
export const CHANGE_SIGNS = { new: "+", gone: "−", slower: "▲", faster: "▼" } as const;
