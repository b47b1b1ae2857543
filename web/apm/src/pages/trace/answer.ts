import type { Apm } from "@naru/api";

export type Span = Apm.Span;
