import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [react()],
  test: {
    include: ["{api,ui,charts,console,apm}/src/**/*.test.{ts,tsx}"],
    environment: "jsdom",
    testTimeout: 60_000,
    setupFiles: ["./vitest.setup.ts"],
    css: { modules: { classNameStrategy: "non-scoped" } },
  },
});
