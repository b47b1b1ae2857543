import { expect, test, vi } from "vitest";
import { followCursor } from "../cursor/cursorBus";
import { FieldModel } from "./FieldModel";
import { FieldStage } from "./FieldStage";
import type { StageLook } from "./stage";

vi.mock("../cursor/cursorBus", () => ({ followCursor: vi.fn(), moveCursor: vi.fn() }));

test("a stage follows one group's cursor at a time, and none when it is gone", () => {
  const followed: string[] = [];
  vi.mocked(followCursor).mockImplementation((key) => {
    followed.push(key);
    return () => void followed.splice(followed.indexOf(key), 1);
  });
  const model = new FieldModel({ now: () => 0, ask: () => new Promise(() => {}) });
  const canvas = () => document.createElement("canvas");
  const stage = new FieldStage(model, canvas(), canvas(), { onHover: () => {}, onSelect: () => {}, onClear: () => {} });
  const look = (syncKey: string) => ({ syncKey, view: {}, selection: null }) as unknown as StageLook;
  const seen = ["one", "one", "two"].map((key) => {
    stage.setLook(look(key));
    return [...followed];
  });
  stage.destroy();
  expect([...seen, followed]).toEqual([["one"], ["one"], ["two"], []]);
});
