import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { answer, type Console } from "@naru/api";
import { client } from "../../api";

export type Availability =
  | { state: "unasked" }
  | { state: "checking" }
  | { state: "known"; answer: Console.Availability };

const TYPING_PAUSE_MS = 250;

/** Asks while typing whether a subdomain is free. A failed question says nothing: the sign-up itself decides. */
export function useAvailability(tenant: string): Availability {
  const [settled] = useDebouncedValue(tenant, TYPING_PAUSE_MS);
  const { data, isPlaceholderData, isError } = useQuery({
    queryKey: ["availability", settled],
    queryFn: () => answer(client.GET("/signup/availability", { params: { query: { tenant: settled } } })),
    enabled: settled !== "",
    placeholderData: keepPreviousData,
    staleTime: 5000,
    retry: false,
  });
  if (tenant === "" || isError) return { state: "unasked" };
  if (settled !== tenant || isPlaceholderData || !data) return { state: "checking" };
  return { state: "known", answer: data };
}
