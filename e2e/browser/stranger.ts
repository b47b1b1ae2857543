/** What a stranger does outside the browser: reads mail, runs an application with the snippet from the page. */

import { spawn, type ChildProcess } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";

export function env(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set; run this through the e2e crate`);
  return value;
}

/** The newest mail to `address`, decoded enough to find a link in it. */
export function mailTo(address: string): string | null {
  const folder = env("NARU_MAIL_DIR");
  const mails = readdirSync(folder)
    .filter((name) => name.endsWith(".eml"))
    .map((name) => readFileSync(join(folder, name), "utf8"))
    .filter((text) => text.includes(address));
  const newest = mails.at(-1);
  return newest === undefined ? null : newest.replace(/=\r?\n/g, "").replace(/=3D/g, "=");
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("a TCP server has a port");
  return address.port;
}

export interface Application {
  url: string;
  stop: () => void;
}

/** Pastes the page's lines into a shell, in a folder with the application, and waits until it answers. */
export async function runApplication(name: string, snippet: string): Promise<Application> {
  const folder = join(env("NARU_WORK_DIR"), name);
  mkdirSync(folder, { recursive: true });
  cpSync(new URL("app", import.meta.url).pathname, folder, { recursive: true });
  const port = await freePort();
  const script = join(folder, "paste.sh");
  writeFileSync(script, `set -e\n${snippet}\n`);
  const shell = spawn("bash", [script], {
    cwd: folder,
    env: { PATH: env("PATH"), HOME: env("HOME"), PORT: String(port), ...proxies() },
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said = collect(shell);
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; tries < 900; tries += 1) {
    if (shell.exitCode !== null) throw new Error(`the snippet ended with ${shell.exitCode}:\n${said()}`);
    if (await answers(`${url}/orders/1`)) {
      return { url, stop: () => shell.pid !== undefined && process.kill(-shell.pid, "SIGTERM") };
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`the application did not answer in 180 s:\n${said()}`);
}

/** pip may need the machine's own settings to reach a package index. */
function proxies(): Record<string, string> {
  const kept = Object.entries(process.env).filter(([name]) => /^(https?_proxy|no_proxy|pip_.*|ssl_cert_.*)$/i.test(name));
  return Object.fromEntries(kept.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

function collect(shell: ChildProcess): () => string {
  let text = "";
  const add = (chunk: Buffer) => {
    text = (text + chunk.toString()).slice(-8_000);
  };
  shell.stdout?.on("data", add);
  shell.stderr?.on("data", add);
  return () => text;
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}
