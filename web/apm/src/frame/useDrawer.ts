import { useFocusReturn, useFocusTrap } from "@mantine/hooks";
import { useEffect } from "react";

/** For what lies over the page while it is open: the keyboard stays inside, Escape closes it and returns to where it was. */
export function useDrawer(open: boolean, onClose: () => void) {
  useFocusReturn({ opened: open, shouldReturnFocus: true });
  useEffect(() => {
    if (!open) return undefined;
    const pressed = (event: KeyboardEvent) => {
      if (event.key === "Escape") onClose();
    };
    window.addEventListener("keydown", pressed);
    return () => window.removeEventListener("keydown", pressed);
  }, [open, onClose]);
  return useFocusTrap(open);
}
