import "i18next";
import type { pages } from "./text";

type Pages = typeof pages;

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "frame";
    resources: { [Name in keyof Pages]: Pages[Name]["en"] };
  }
}
