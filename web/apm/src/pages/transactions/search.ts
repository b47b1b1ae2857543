import { text } from "../../view/search";

export interface TransactionSearch {
  status?: "ok" | "error";
  operation?: string;
}

export function transactionSearchOf(search: Record<string, unknown>): TransactionSearch {
  const status = search["status"];
  const operation = text(search["operation"]);
  return { ...(status === "ok" || status === "error" ? { status } : {}), ...(operation === undefined ? {} : { operation }) };
}
