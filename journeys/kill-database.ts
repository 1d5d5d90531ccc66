import { readdirSync, readFileSync } from "node:fs";
import type { Embedded } from "@kerege/kernel/embedded";

/** As a machine that loses power: the server and all its sessions at once. */
export async function killDatabase(embedded: Embedded): Promise<void> {
  const sessions = readdirSync("/proc").filter((name) => {
    try {
      return (
        /^\d+$/.test(name) &&
        readFileSync(`/proc/${name}/stat`, "utf8")
          .replace(/^.*\) /, "")
          .split(" ")[1] === String(embedded.pid)
      );
    } catch {
      return false;
    }
  });
  for (const pid of [embedded.pid, ...sessions.map(Number)]) {
    try {
      process.kill(pid, "SIGKILL");
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
    }
  }
  await embedded.stop();
}
