import { useEffect } from "react";

/** Names the browser's tab, `Transactions · shop — Naru`: the page, what it belongs to, us. Nothing is changed while a part is not known. */
export function useTitle(...parts: (string | undefined)[]): void {
  const known = parts.every((part) => part !== undefined);
  const title = `${parts.join(" · ")} — Naru`;
  useEffect(() => {
    if (known) document.title = title;
  }, [known, title]);
}
