import react from "@vitejs/plugin-react";
import type { Plugin, UserConfig } from "vite";

/**
 * What both apps' builds share.
 *
 * The servers send `default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'`. So nothing may be
 * inlined as a `data:` font or script: every asset is a file under `/assets`, cached for good by its hash.
 *
 * `npm run dev` asks the stack named by `NARU_DEV_API` (a URL); without it, `mock` answers.
 */
export function appConfig(port: number, mock: Plugin[]): UserConfig {
  const api = process.env["NARU_DEV_API"];
  return {
    plugins: [react(), ...(api ? [] : mock)],
    build: { outDir: "dist", emptyOutDir: true, assetsInlineLimit: 0, target: "es2022", chunkSizeWarningLimit: 1200 },
    server: {
      host: "127.0.0.1",
      port,
      proxy: api ? { "/api": { target: api, changeOrigin: true }, "/auth": { target: api, changeOrigin: true } } : undefined,
    },
  };
}
