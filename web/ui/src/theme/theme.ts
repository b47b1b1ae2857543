import { Alert, Button, createTheme, Input, Popover, type CSSVariablesResolver, type MantineColorsTuple, type MantineThemeOverride } from "@mantine/core";

const blue: MantineColorsTuple = [
  "#eef3ff",
  "#dde7ff",
  "#b9ccff",
  "#8fb0ff",
  "#6f9bff",
  "#4c7ff8",
  "#2b60ee",
  "#2257e7",
  "#1d49c4",
  "#173a9c",
];

/** Mantine paints its dark scheme from this tuple: 0 text, 2 dimmed, 4 lines, 5 hover, 6 fields, 7 page. */
const dark: MantineColorsTuple = [
  "#e6e9f0",
  "#c3c9d8",
  "#8b93a7",
  "#5b6377",
  "#1f2533",
  "#1a1f2b",
  "#11141b",
  "#0b0d12",
  "#090b10",
  "#06070a",
];

const gray: MantineColorsTuple = [
  "#f7f8fb",
  "#f2f4f9",
  "#e5e8f0",
  "#dce0ea",
  "#cfd5e2",
  "#8d95a8",
  "#5a6275",
  "#414859",
  "#262c3a",
  "#141824",
];

const FONT = '"Inter Variable", "Noto Sans KR Variable", system-ui, sans-serif';

/** The look of both apps. `baseFontPx` is 14 in the console and 13 in the denser APM. */
export function naruTheme(baseFontPx: 13 | 14): MantineThemeOverride {
  return createTheme({
    primaryColor: "blue",
    primaryShade: 6,
    colors: { blue, dark, gray },
    black: "#141824",
    defaultRadius: 9,
    fontFamily: FONT,
    fontFamilyMonospace: "var(--naru-mono)",
    headings: { fontFamily: FONT, fontWeight: "650" },
    fontSizes: {
      xs: `${baseFontPx - 2}px`,
      sm: `${baseFontPx}px`,
      md: `${baseFontPx + 1}px`,
      lg: `${baseFontPx + 3}px`,
      xl: `${baseFontPx + 6}px`,
    },
    radius: { xs: "6px", sm: "8px", md: "9px", lg: "10px", xl: "12px" },
    cursorType: "pointer",
    respectReducedMotion: true,
    components: {
      Alert: Alert.extend({
        vars: (_theme, props) => ({ root: props.color === "red" ? REFUSAL : {} }),
        styles: { title: { color: "var(--naru-text)", fontWeight: 600 }, message: { color: "var(--naru-text)" } },
      }),
      Button: Button.extend({
        styles: { label: { fontWeight: 560 } },
        vars: (_theme, props) => ({
          root: props.size === "compact-md" ? { "--button-fz": "var(--mantine-font-size-sm)" } : {},
        }),
      }),
      // Menus and lists lie over the page; panels lie in it and have none.
      Popover: Popover.extend({ defaultProps: { shadow: "md" } }),
      InputWrapper: Input.Wrapper.extend({ styles: { label: { marginBottom: 5 }, description: { marginTop: 5 } } }),
    },
    other: { baseFontPx },
  });
}

/** Mantine's own light red is loud on our dark panels. */
const REFUSAL = {
  "--alert-bg": "var(--naru-bad-soft)",
  "--alert-color": "var(--naru-bad)",
  "--alert-bd": "1px solid color-mix(in srgb, var(--naru-bad) 35%, transparent)",
};

/** Points Mantine's own surface variables at the palette in `tokens.css`, so that both never disagree. */
export const cssVariables: CSSVariablesResolver = (theme) => ({
  variables: { "--naru-font-size": `${String(theme.other["baseFontPx"] ?? 14)}px` },
  light: surfaces,
  dark: surfaces,
});

const surfaces = {
  "--mantine-color-body": "var(--naru-bg)",
  "--mantine-color-text": "var(--naru-text)",
  "--mantine-color-dimmed": "var(--naru-muted)",
  "--mantine-color-placeholder": "var(--naru-faint)",
  "--mantine-color-anchor": "var(--naru-accent)",
  "--mantine-color-error": "var(--naru-bad)",
  "--mantine-color-default": "var(--naru-panel)",
  "--mantine-color-default-color": "var(--naru-text)",
  "--mantine-color-default-hover": "var(--naru-raised)",
  "--mantine-color-default-border": "var(--naru-line)",
};
