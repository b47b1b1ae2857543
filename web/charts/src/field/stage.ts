import type { AxisWords } from "./axes";
import type { FieldBox } from "./box";
import type { FieldColours } from "./colours";
import type { FieldView } from "./FieldModel";
import type { Totals } from "./totals";

/** What lies under the pointer, or in the keyboard's box. */
export interface FieldHover extends Totals {
  box: FieldBox;
  x: number;
  y: number;
}

export interface StageEvents {
  onHover: (hover: FieldHover | null) => void;
  onSelect: (box: FieldBox, totals: Totals) => void;
  onClear: () => void;
}

export interface StageLook {
  view: FieldView;
  selection: FieldBox | null;
  colours: FieldColours;
  words: AxisWords;
  syncKey: string;
  still: boolean;
}
