import { text } from "../../view/search";

export interface TransactionSearch {
  status?: "ok" | "error";
  operation?: string;
  /** `name=value`, of the transaction or of who served it. */
  attr?: string;
}

export function transactionSearchOf(search: Record<string, unknown>): TransactionSearch {
  const status = search["status"];
  const [operation, attr] = [text(search["operation"]), text(search["attr"])];
  return {
    ...(status === "ok" || status === "error" ? { status } : {}),
    ...(operation === undefined ? {} : { operation }),
    ...(attr === undefined || !isAttribute(attr) ? {} : { attr }),
  };
}

/** Whether this is a name, `=` and a value, which may be empty. */
export function isAttribute(typed: string): boolean {
  return typed.indexOf("=") > 0;
}
