/** Makes Argon2id tags beside everything else, and behind it: the thread gives way to those that answer people. */
import { argon2Sync } from "node:crypto";
import { setPriority } from "node:os";
import { parentPort } from "node:worker_threads";
import type { HashOrder } from "./password-pool.ts";

try {
  // On Linux a priority is a thread's own (sched(7)): only this one becomes nicer.
  setPriority(0, 10);
} catch {
  // Where it is not allowed hashes are made all the same.
}

parentPort!.on("message", ({ message, nonce, memory, passes, parallelism, tagLength, secret }: HashOrder) => {
  parentPort!.postMessage(argon2Sync("argon2id", { message, nonce, memory, passes, parallelism, tagLength, secret }));
});
