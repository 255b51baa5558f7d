import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Server {
  url: string;
  /// Moves the demo's clock, and with it prices, traders and days.
  advance: (seconds: number) => Promise<Date>;
  /// What time it is there, a second later than when it was asked.
  now: () => Promise<Date>;
  /// Kills it in the middle of whatever it does.
  kill: () => Promise<void>;
  /// Starts it again where it was, on the same port.
  again: () => Promise<void>;
  stop: () => Promise<void>;
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((done) => probe.listen(0, "127.0.0.1", done));
  const address = probe.address();
  await new Promise((done) => probe.close(done));
  if (address === null || typeof address === "string") throw new Error("no port is free");
  return address.port;
}

/// A demo of its own, in a folder that goes with it.
export async function startServer(clock: "manual" | "system"): Promise<Server> {
  const binary = process.env.TOUCHSTONE_BIN;
  if (!binary) throw new Error("TOUCHSTONE_BIN names no `touchstone`");
  const folder = await mkdtemp(join(tmpdir(), "touchstone-console-"));
  const listen = `127.0.0.1:${await freePort()}`;
  const args = ["demo", "--clock", clock, "--data", join(folder, "demo"), "--listen", listen, "--rate-limit-per-minute", "0"];
  // The server takes every variable of this beginning for a setting of its own.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("TOUCHSTONE_")));
  const begin = () => spawn(binary, args, { env, stdio: ["ignore", "ignore", "inherit"] });
  const end = async (signal: NodeJS.Signals) => {
    const gone = new Promise((done) => child.once("exit", done));
    if (child.exitCode === null && child.signalCode === null && child.kill(signal)) await gone;
  };
  let child = begin();
  const url = `http://${listen}`;
  await ready(url, child);
  const advance = async (seconds: number) => {
    const body = JSON.stringify({ seconds });
    const headers = { "Content-Type": "application/json" };
    const answer = await fetch(`${url}/demo/clock/advance`, { method: "POST", headers, body });
    if (!answer.ok) throw new Error(`the clock did not move: ${await answer.text()}`);
    return new Date(((await answer.json()) as { now: string }).now);
  };
  return {
    url,
    advance,
    now: () => advance(1),
    kill: () => end("SIGKILL"),
    again: async () => {
      child = begin();
      await ready(url, child);
    },
    stop: async () => {
      await end("SIGTERM");
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function ready(url: string, child: ChildProcess): Promise<void> {
  const until = Date.now() + 60_000;
  while (Date.now() < until) {
    if (child.exitCode !== null) throw new Error("the server has ended");
    const answer = await fetch(`${url}/readyz`).catch(() => null);
    if (answer?.ok) return;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error("the server does not get ready");
}
