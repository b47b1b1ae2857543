import { Fragment } from "react";
import { breakParts } from "./breakParts";

/** A dotted name that goes on in the next line only after a separator. Its place sets `overflow-wrap: break-word`. */
export function BreakableName({ name }: { name: string }) {
  return breakParts(name).map((part, index) => (
    <Fragment key={index}>
      {index > 0 && <wbr />}
      {part}
    </Fragment>
  ));
}
