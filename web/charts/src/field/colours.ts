/** What a canvas needs of the palette in CSS variables; read once per scheme. */
export interface FieldColours {
  scheme: "dark" | "light";
  line: string;
  muted: string;
  text: string;
  panel: string;
  raised: string;
  accent: string;
  bad: string;
  badSoft: string;
  font: string;
}

export function readColours(element: Element, scheme: "dark" | "light"): FieldColours {
  const style = getComputedStyle(element);
  const variable = (name: string) => style.getPropertyValue(`--naru-${name}`).trim() || "#888";
  return {
    scheme,
    line: variable("line"),
    muted: variable("muted"),
    text: variable("text"),
    panel: variable("panel"),
    raised: variable("raised"),
    accent: variable("accent"),
    bad: variable("bad"),
    badSoft: variable("bad-soft"),
    font: style.fontFamily || "sans-serif",
  };
}
