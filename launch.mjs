// Starts everything: `node launch.mjs COMMAND [arguments]`. Plain JavaScript without dependencies, for any Node from 20.19 on: it
// installs what is missing, finds a Node 24, hands over and passes signals and the exit code on.
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ensureInstalled } from "./tools/launch/install.mjs";
import { findNode } from "./tools/launch/node.mjs";
import { repair } from "./tools/launch/repair.mjs";
import { Stop, say } from "./tools/launch/words.mjs";

const root = dirname(fileURLToPath(import.meta.url));

const cli = "apps/cli/main.ts";
const commands = {
  start: ["apps/server/main.ts"],
  test: ["tools/test.ts"],
  check: [cli, "check"],
  people: [cli, "people"],
  backup: [cli, "backup"],
  restore: [cli, "restore"],
  verify: [cli, "verify"],
  kerege: [cli],
  bench: ["bench/main.ts"],
  soak: ["tools/soak.ts"],
  mission: ["tools/mission.ts"],
  accept: ["tools/accept.ts"],
};

// Young objects get 16 MB and not whatever a start may take: the server then rests at 210 MB in place of 290, and answers as fast.
const small = ["--max-semi-space-size=16"];

try {
  const [command = "start", ...rest] = process.argv.slice(2);
  if (!Object.hasOwn(commands, command))
    throw new Stop("unknown-command", { command, commands: Object.keys(commands).join(" ") }, 2);
  await ensureInstalled(root);
  repair(root);
  handOver(findNode(root), [
    ...(command === "start" ? small : []),
    "--import",
    "./kernel/tsx.mjs",
    ...commands[command],
    ...rest,
  ]);
} catch (error) {
  if (!(error instanceof Stop)) throw error;
  process.stderr.write(`\n${say(error.code, error.values)}\n`);
  process.exit(error.exitCode);
}

function handOver(node, args) {
  const env = { NODE_COMPILE_CACHE: join(root, "node_modules", ".cache", "kerege-node"), ...process.env };
  const child = spawn(node, args, { cwd: root, stdio: "inherit", env });
  // Ctrl-C and a signal to the group reach the child by themselves as well; it takes signals close together for one.
  let last = 0;
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(name, () => {
      if (Date.now() - last < 1000) return;
      last = Date.now();
      child.kill(name);
    });
  }
  // npm puts a shell between itself and us, and passes a signal to that shell alone; when it dies of it, we hear nothing.
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    child.kill("SIGTERM");
  }, 300);
  if (!process.env.npm_lifecycle_event) clearInterval(watch);
  child.on("error", () => {
    process.stderr.write(`\n${say("no-node", { found: process.version })}\n`);
    process.exitCode = 1;
  });
  child.on("exit", (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
}
