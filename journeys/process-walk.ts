/** Cases walked through while their nodes, and the database, are killed: what the short and the long walk share. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { request } from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import type { Actor } from "@kerege/kernel/actor";
import { replay } from "@kerege/process";
import { root } from "./house.ts";
import { CALLS, type NodeTask, type OpenNode } from "./process-node.ts";
import type { Effects } from "./process-receiver.ts";
import { createDice, type Dice } from "./soak.ts";

const clerks: Actor[] = ["ulan", "gulnara"].map((person) => ({
  kind: "official",
  body: "office",
  post: `clerk-${person}`,
  person,
}));

export interface Program {
  child: ChildProcess;
  /** False where it ended before it was ready. */
  ready: Promise<boolean>;
  ended: Promise<unknown>;
}

const programs = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of programs) child.kill("SIGKILL");
});

function startProgram(file: string, words: string[]): Program {
  const program = fileURLToPath(new URL(file, import.meta.url));
  const child = spawn(process.execPath, ["--import", "./kernel/tsx.mjs", program, ...words], {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
  });
  programs.add(child);
  let ready = (_: boolean) => {};
  const isReady = new Promise<boolean>((resolve) => {
    ready = resolve;
  });
  child.stdout!.setEncoding("utf8").on("data", (text: string) => text.includes("ready") && ready(true));
  const ended = once(child, "close").then(() => {
    programs.delete(child);
    ready(false);
  });
  return { child, ready: isReady, ended };
}

export const startNode = (task: NodeTask): Program => startProgram("process-node.ts", [JSON.stringify(task)]);
export const startReceiver = (folder: string, seed: number): { program: Program; socket: string } => {
  const socket = join(folder, "receiver.sock");
  return { program: startProgram("process-receiver.ts", [socket, String(seed)]), socket };
};

/** Does it again until it is done: whoever asks does not lose his wish because the database was away. */
export async function persist<Done>(work: () => Promise<Done>): Promise<Done> {
  for (let tries = 0; ; tries++) {
    try {
      return await work();
    } catch (error) {
      const code = error instanceof Error && "code" in error ? String(error.code) : "";
      if (code.startsWith("process.") || tries > 400) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** Begins cases and decides them, as the desks of two clerks do who see the same tasks. `node` gives the one that is open now. */
export function createDesk(node: () => OpenNode, seed: number) {
  const dice = createDice(seed, "desk");
  const instances: string[] = [];
  let refused = 0;

  const decide = async (instance: string, token: number): Promise<void> => {
    const agreed = createDice(seed, instance).below(3) > 0;
    const found = await persist(() => node().door.find(instance));
    if (!found) return;
    const act = { instance, version: found.version, command: { kind: "complete", token, output: { agreed } } } as const;
    await Promise.all(
      clerks.map((clerk) =>
        persist(() => node().door.command(clerk, act)).catch(() => {
          refused++;
        }),
      ),
    );
  };

  return {
    instances,
    /** Decisions that came second. */
    refused: () => refused,
    async begin(count: number): Promise<void> {
      const edition = { process: "walk", dates: { application: "2026-11-23" } };
      const fresh = Array.from({ length: count }, () => uuidOf(dice));
      instances.push(...fresh);
      await Promise.all(
        fresh.map((instance) =>
          persist(() => node().door.begin({ instance, edition, variables: { at: instance }, by: "system" })),
        ),
      );
    },
    /** Both clerks decide each open task on the version they saw; how many were open. */
    async decide(): Promise<number> {
      const { rows } = await persist(() => node().door.tasks({ page: { limit: 100 } }));
      await Promise.all(rows.map(({ instance, token }) => decide(instance, token)));
      return rows.length;
    },
    /** As an operator does who does not wait for the pauses between tries to end. */
    async hurry(): Promise<void> {
      const { rows } = await persist(() => node().door.cases({ live: true, page: { limit: 200 } }));
      await Promise.all(
        rows.map(async ({ instance }) => {
          const found = await persist(() => node().door.find(instance));
          for (const { id, waits } of found?.state.tokens ?? []) {
            if (waits.for !== "incident" && !(waits.for === "call" && waits.retryAt !== undefined)) continue;
            const asked = { instance, repair: { kind: "retry", token: id }, reason: "The receiver answers again" } as const;
            // A worker may have been first.
            await persist(() => node().door.repair(clerks[0]!, asked)).catch(() => undefined);
          }
        }),
      );
    },
    /** Cases that have not ended. */
    async left(): Promise<number> {
      const counts = await persist(() => node().door.counts());
      return instances.length - counts.reduce((sum, { status, cases }) => sum + (status === "ended" ? cases : 0), 0);
    },
  };
}
export type Desk = ReturnType<typeof createDesk>;

function uuidOf(dice: Dice): string {
  const hex = Array.from({ length: 32 }, () => dice.below(16).toString(16)).join("");
  return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, "$1-$2-7$3-8$4-$5");
}

export function effectsOf(socketPath: string): Promise<Effects> {
  return new Promise((resolve, reject) => {
    request({ socketPath, method: "GET", agent: false }, async (response) => {
      let text = "";
      for await (const part of response) text += part;
      resolve(JSON.parse(text) as Effects);
    })
      .on("error", reject)
      .end();
  });
}

/** Every case ended once, each effect was had once, none too many, none too few, and every record replays to its state. */
export async function examine(node: OpenNode, given: { instances: string[]; effects: Effects }): Promise<string[]> {
  const faults: string[] = [];
  const had = new Map<string, string[]>();
  for (const [key, name] of Object.entries(given.effects.had)) {
    const instance = key.slice(0, 36);
    had.set(instance, [...(had.get(instance) ?? []), name]);
  }
  for (const instance of given.instances) {
    const found = await node.door.find(instance);
    if (found?.status !== "ended") {
      faults.push(`${instance} is ${found?.status}`);
      continue;
    }
    const history = await node.door.history(instance);
    const told = history.flatMap(({ events }) => events);
    const ends = told.filter(({ kind }) => kind === "ended").length;
    if (ends !== 1) faults.push(`${instance} ended ${ends} times`);
    const granted = told.some(({ node }) => node === "granted");
    const due = granted ? [...CALLS] : CALLS.filter((name) => name !== "issue");
    if (!isDeepStrictEqual([...(had.get(instance) ?? [])].sort(), [...due].sort()))
      faults.push(`${instance} had ${had.get(instance)}`);
    const model = await node.door.model(found.model);
    const again = replay(history, () => model, found.model);
    if (!again.ok) faults.push(`${instance} replays otherwise at ${again.version}: ${again.why}`);
    else if (!isDeepStrictEqual(again.state, found.state)) faults.push(`${instance} replays to another state`);
  }
  if (had.size !== given.instances.length) faults.push(`effects for ${had.size} cases`);
  assert.ok(given.instances.length > 0);
  return faults;
}
