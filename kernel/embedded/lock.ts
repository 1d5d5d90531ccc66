import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { findProcess } from "./process.ts";
import { Refusal, systemCode } from "./refusal.ts";

/**
 * Holds a file for this process: `pid start` in it, written beside and linked, so that nobody reads half of it. A lock whose
 * process is dead (also after kill -9, also when its pid was given to another process) is taken over.
 */
export function holdLock(file: string, folder: string): { release(): void } {
  const self = findProcess(process.pid);
  const draft = `${file}.${process.pid}`;
  const text = `${process.pid} ${self?.startedAt ?? ""}\n`;
  writeFileSync(draft, text, { mode: 0o600 });
  try {
    for (;;) {
      if (link(draft, file)) break;
      const holder = readLock(file);
      if (holder.alive) throw new Refusal("in-use", { folder, pid: holder.pid });
      takeAway(file, `${draft}.dead`, folder);
    }
  } finally {
    rmSync(draft, { force: true });
  }
  return {
    release: () => {
      if (readLock(file).text === text) rmSync(file, { force: true });
    },
  };
}

/** The living process that holds the lock, if there is one. */
export function findHolder(file: string): number | undefined {
  const holder = readLock(file);
  return holder.alive ? holder.pid : undefined;
}

function readLock(file: string): { text: string; pid: number; alive: boolean } {
  let text = "";
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if (systemCode(error) !== "ENOENT") throw error;
  }
  const [pid = "", startedAt = ""] = text.trim().split(" ");
  return { text, pid: Number(pid), alive: findProcess(Number(pid))?.startedAt === startedAt && text !== "" };
}

/** Removes a dead lock. Between reading and moving another process may have put its own there: then that one is put back. */
function takeAway(file: string, aside: string, folder: string): void {
  try {
    renameSync(file, aside);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return;
    throw error;
  }
  const moved = readLock(aside);
  if (moved.alive) link(aside, file);
  rmSync(aside, { force: true });
  if (moved.alive) throw new Refusal("in-use", { folder, pid: moved.pid });
}

function link(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (systemCode(error) === "EEXIST") return false;
    // A file system without hard links (some network shares, exFAT): creating the file exclusively is the next best.
    if (systemCode(error) !== "EPERM" && systemCode(error) !== "ENOTSUP") throw error;
    return create(to, readFileSync(from));
  }
}

function create(file: string, text: Buffer): boolean {
  try {
    writeFileSync(file, text, { flag: "wx", mode: 0o600 });
    return true;
  } catch (error) {
    if (systemCode(error) === "EEXIST") return false;
    throw error;
  }
}
