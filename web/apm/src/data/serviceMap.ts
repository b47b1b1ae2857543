import { queryOptions } from "@tanstack/react-query";
import { answer } from "@naru/api";
import { earlierOf, type Earlier } from "../view/earlier";
import { refetchMs, spanOf, windowKey } from "../view/ranges";
import { client } from "./client";
import { serverNow } from "./clock";
import { keepSame } from "./keep";
import type { Scope } from "./queries";

type Asked = Pick<Scope, "project" | "window">;

/** Who calls whom in the window, or in an earlier stretch of the same length. */
export const serviceMapQuery = ({ project, window }: Asked, when: "now" | Earlier) => {
  const queryKey = ["service-map", project, when, windowKey(window)] as const;
  return queryOptions({
    queryKey,
    queryFn: ({ signal }) => {
      const now = spanOf(window, serverNow());
      const query = when === "now" ? now : earlierOf(now, when);
      return answer(client.GET("/projects/{id}/service-map", { params: { path: { id: project }, query }, signal }));
    },
    refetchInterval: refetchMs(window),
    placeholderData: keepSame(queryKey),
  });
};
