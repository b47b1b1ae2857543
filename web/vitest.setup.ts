/** What jsdom lacks and Mantine asks for. Tests in the plain node environment need none of it. */
import { cleanup, configure } from "@testing-library/react";
import { afterEach } from "vitest";

if (typeof window !== "undefined") {
  // A busy machine is slow, not wrong.
  configure({ asyncUtilTimeout: 15_000 });

  afterEach(() => {
    cleanup();
    localStorage.clear();
  });

  window.matchMedia ??= (query: string) => ({
    matches: false,
    media: query,
    onchange: null,
    addListener: () => {},
    removeListener: () => {},
    addEventListener: () => {},
    removeEventListener: () => {},
    dispatchEvent: () => false,
  });

  window.ResizeObserver ??= class {
    observe() {}
    unobserve() {}
    disconnect() {}
  };

  window.scrollTo = () => {};
  Element.prototype.scrollIntoView ??= () => {};
}
