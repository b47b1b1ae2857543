import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { renderHook, waitFor } from "@testing-library/react";
import { StrictMode, type ReactNode } from "react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { useIssuedKey } from "./useIssuedKey";

interface World {
  keys: string[];
  posts: number;
  /** Answers of the next POSTs: the key is made, but its answer is lost. */
  lost: number;
}

/** openapi-fetch takes the fetch it finds at import, so the stand-in is there first. */
const world = vi.hoisted(() => {
  const state: World = { keys: [], posts: 0, lost: 0 };
  globalThis.fetch = async (input) => {
    const send = (status: number, body: unknown) => new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });
    const shown = (key: string) => ({ id: key, name: "default", hint: key.slice(0, 3), created_at: "", last_used_at: null, revoked_at: null });
    if ((input as Request).method === "GET") return send(200, { license_keys: state.keys.map(shown) });
    state.posts += 1;
    const key = `nlk_${state.posts}`;
    await Promise.resolve();
    state.keys.push(key);
    if (state.lost > 0) {
      state.lost -= 1;
      throw new TypeError("connection reset");
    }
    return send(201, { ...shown(key), key });
  };
  return state;
});

beforeEach(() => {
  Object.assign(world, { keys: [], posts: 0, lost: 0 });
  let queue: Promise<unknown> = Promise.resolve();
  const request = (_name: string, work: () => Promise<unknown>) => (queue = queue.then(work, work));
  vi.stubGlobal("navigator", Object.create(navigator, { locks: { value: { request } } }));
});

afterEach(() => vi.unstubAllGlobals());

function openTab() {
  const queries = new QueryClient();
  const wrapper = ({ children }: { children: ReactNode }) => (
    <StrictMode>
      <QueryClientProvider client={queries}>{children}</QueryClientProvider>
    </StrictMode>
  );
  return renderHook(() => useIssuedKey("prj_1"), { wrapper }).result;
}

test("a project's first key is issued once, however many tabs are open", async () => {
  const tabs = [openTab(), openTab()];
  await waitFor(() => expect(tabs.map((tab) => tab.current.query.data?.isFirst)).toEqual([false, false]));
  expect(world.posts).toBe(1);
  expect(tabs.map((tab) => tab.current.query.data?.key ?? null).sort()).toEqual(["nlk_1", null]);
});

test("a key whose answer was lost is not made twice", async () => {
  world.lost = 1;
  const tab = openTab();
  await waitFor(() => expect(tab.current.first.isError).toBe(true));
  tab.current.first.mutate();
  await waitFor(() => expect(tab.current.query.data).toEqual({ key: null, known: ["nlk"], isFirst: false }));
  expect(world.posts).toBe(1);
});

test("a project with keys gets no other by itself", async () => {
  world.keys = ["nlk_old"];
  const tab = openTab();
  await waitFor(() => expect(tab.current.query.isSuccess).toBe(true));
  expect([world.posts, tab.current.query.data?.known]).toEqual([0, ["nlk"]]);
  tab.current.renew.mutate();
  await waitFor(() => expect(tab.current.query.data?.key).toBe("nlk_1"));
});
