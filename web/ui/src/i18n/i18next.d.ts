import "i18next";
import type { uiText } from "../text";

/** Only for this package's own type check; each app declares its full set in a file of the same name. */
declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "ui";
    resources: { ui: (typeof uiText)["en"] };
  }
}
