import { queryOptions } from "@tanstack/react-query";
import { answer } from "@naru/api";
import { lengthOf, refetchMs, RANGE_MS_MAX, spanOf, windowKey } from "../view/ranges";
import { client } from "./client";
import { serverNow } from "./clock";
import { keepSame } from "./keep";
import type { Scope } from "./queries";

type Asked = Pick<Scope, "project" | "window">;

/** Who calls whom in the window, or, `before`, in the stretch of the same length that ended where the window begins. */
export const serviceMapQuery = ({ project, window }: Asked, when: "now" | "before") => {
  const queryKey = ["service-map", project, when, windowKey(window)] as const;
  return queryOptions({
    queryKey,
    queryFn: ({ signal }) => {
      const now = spanOf(window, serverNow(), 1000);
      const length = Math.min(lengthOf(window), RANGE_MS_MAX);
      const query = when === "now" ? now : { from: Math.floor(now.from - length), to: now.from };
      return answer(client.GET("/projects/{id}/service-map", { params: { path: { id: project }, query }, signal }));
    },
    refetchInterval: refetchMs(window),
    placeholderData: keepSame(queryKey),
  });
};
