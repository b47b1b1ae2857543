// Frames per second of the Transaction Field with 500,000 points, in headless Chromium (no GPU: the worst case).
//
// `npm run fps --workspace @naru/charts`. Points keep being pushed and the pointer moves with every frame, so that each frame draws
// cells, crosshair and the totals under it. NARU_CHROMIUM names another browser.
import react from "@vitejs/plugin-react";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { createServer } from "vite";

const POINTS = 500_000;
const SECONDS = 8;
const PUSHED_PER_FRAME = 40;

const here = fileURLToPath(new URL(".", import.meta.url));
const server = await createServer({ root: here, configFile: false, plugins: [react()], logLevel: "error", server: { host: "127.0.0.1", port: 0 } });
await server.listen();
const browser = await chromium.launch({ executablePath: process.env.NARU_CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
let failed = false;
try {
  for (const size of [{ width: 1440, height: 420, ratio: 1 }, { width: 1440, height: 420, ratio: 2 }]) {
    const page = await browser.newPage({ viewport: size, deviceScaleFactor: size.ratio });
    await page.goto(server.resolvedUrls.local[0]);
    await page.waitForFunction(() => window.bench?.model.grid);
    const result = await page.evaluate(measure, { points: POINTS, seconds: SECONDS, pushed: PUSHED_PER_FRAME });
    const { frames, seconds, p95, worst, held, fillMs, rebuildMs } = result;
    const fps = frames / seconds;
    failed ||= fps < 50 || held < POINTS;
    console.log(
      `${size.width}×${size.height} @${size.ratio}x: ${held.toLocaleString("en")} points, ${fps.toFixed(1)} fps, frame p95 ${p95.toFixed(1)} ms, worst ${worst.toFixed(1)} ms; ` +
        `push of ${POINTS.toLocaleString("en")} ${fillMs.toFixed(0)} ms, rebuild for another scale ${rebuildMs.toFixed(0)} ms`,
    );
    await page.close();
  }
} finally {
  await browser.close();
  await server.close();
}
process.exit(failed ? 1 : 0);

/** Runs in the page. */
async function measure({ points, seconds, pushed }) {
  const { model } = window.bench;
  const began = performance.now();
  window.bench.fill(points);
  const fillMs = performance.now() - began;
  const canvas = document.querySelector("canvas[tabindex]");
  const box = canvas.getBoundingClientRect();
  const gaps = [];
  let last = performance.now();
  const end = last + seconds * 1000;
  await new Promise((done) => {
    const frame = (now) => {
      gaps.push(now - last);
      last = now;
      window.bench.push(pushed);
      const at = { clientX: box.left + 60 + ((now / 3) % (box.width - 80)), clientY: box.top + 60 + ((now / 11) % (box.height - 90)) };
      canvas.dispatchEvent(new PointerEvent("pointermove", { bubbles: true, ...at }));
      if (now < end) requestAnimationFrame(frame);
      else done();
    };
    requestAnimationFrame(frame);
  });
  gaps.shift();
  gaps.sort((a, b) => a - b);
  let held = 0;
  for (const count of model.grid.counts) held += count;
  const total = gaps.reduce((sum, gap) => sum + gap, 0);
  return { frames: gaps.length, seconds: total / 1000, p95: gaps[Math.floor(gaps.length * 0.95)], worst: gaps.at(-1), held, fillMs, rebuildMs: window.bench.rebuildMs() };
}
