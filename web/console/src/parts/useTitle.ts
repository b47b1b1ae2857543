import { useEffect } from "react";

/** Names the browser's tab: the page, then what it belongs to, then us. Nothing is changed while `parts` are not known. */
export function useTitle(...parts: (string | undefined)[]): void {
  const known = parts.every((part) => part !== undefined);
  const title = [...parts, "Naru"].join(" · ");
  useEffect(() => {
    if (known) document.title = title;
  }, [known, title]);
}
