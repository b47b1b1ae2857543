import { createApmClient } from "@naru/api";
import { learnHeader } from "./clock";

/** Calls to the tenant's own host. */
export const client = createApmClient();

client.use({
  onResponse: ({ response }) => {
    learnHeader(response.headers.get("date"));
    return undefined;
  },
});
