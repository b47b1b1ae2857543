import { localStorageColorSchemeManager, MantineProvider, type MantineColorScheme } from "@mantine/core";
import type { ReactNode } from "react";
import { I18nextProvider } from "react-i18next";
import type { i18n } from "i18next";
import { cssVariables, naruTheme } from "./theme";

/** `public/scheme.js` of each app reads the same entry before the first paint. */
const manager = localStorageColorSchemeManager({ key: "naru.scheme" });

interface Props {
  i18n: i18n;
  baseFontPx: 13 | 14;
  defaultColorScheme: MantineColorScheme;
  children: ReactNode;
}

/** Theme, colour scheme and language for everything below. */
export function NaruProvider({ i18n, baseFontPx, defaultColorScheme, children }: Props) {
  return (
    <I18nextProvider i18n={i18n}>
      <MantineProvider
        theme={naruTheme(baseFontPx)}
        cssVariablesResolver={cssVariables}
        colorSchemeManager={manager}
        defaultColorScheme={defaultColorScheme}
      >
        {children}
      </MantineProvider>
    </I18nextProvider>
  );
}
