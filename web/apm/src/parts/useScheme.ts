import { useComputedColorScheme } from "@mantine/core";

/** Dark or light as painted now. */
export function useScheme(): "dark" | "light" {
  return useComputedColorScheme("dark", { getInitialValueInEffect: false });
}
