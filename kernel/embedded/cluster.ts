import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  chownSync,
  lchownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
} from "node:fs";
import { join } from "node:path";
import type { User } from "./program.ts";
import { folderRefusal, Refusal, systemCode } from "./refusal.ts";

/** Name of the only role; it is reached through a socket in a folder nobody else may enter, so it needs no password. */
export const ROLE = "postgres";
/** Name of the database of the state. */
export const DATABASE = "kerege";

/**
 * The path to give to PostgreSQL. For root it is the working folder the child is put in before it becomes another user: that
 * user may then be unable to walk there from `/` (a clone in /root, a folder from mktemp), and need not be.
 */
export function clusterPath(cluster: string, user: User | undefined): string {
  return user ? "/proc/self/cwd" : cluster;
}

/** Environment of the server: none of the caller's PGPORT, PGDATA or LC_ALL may change how it starts. */
export const serverEnvironment = { PATH: "/usr/bin:/bin", LANG: "C.UTF-8" };

/** Looks at what is there and says what is wrong with it; changes nothing but access rights. */
export function inspectCluster(cluster: string, major: string): "absent" | "present" {
  const state = statSync(cluster, { throwIfNoEntry: false });
  if (!state) return "absent";
  if (!state.isDirectory()) throw new Refusal("not-a-folder", { folder: cluster });
  const self = process.geteuid?.() ?? state.uid;
  if (self !== 0 && state.uid !== self) throw new Refusal("foreign-folder", { folder: cluster, uid: state.uid });
  if (readdirSync(cluster).length === 0) {
    rmdirSync(cluster);
    return "absent";
  }
  const found = readPart(cluster, "PG_VERSION").toString("utf8").trim();
  if (found !== major) throw new Refusal("other-version", { folder: cluster, found, needed: major });
  readPart(cluster, "global/pg_control");
  readPart(cluster, "postgresql.conf");
  // PostgreSQL refuses a folder others may enter, as a copy made with `cp -r` is.
  if (state.mode & 0o077) chmodSync(cluster, 0o700);
  return "present";
}

function readPart(cluster: string, part: string): Buffer {
  try {
    return readFileSync(join(cluster, part));
  } catch (error) {
    if (systemCode(error) === "ENOENT") throw new Refusal("broken-folder", { folder: cluster, missing: part }, error);
    throw folderRefusal(error, cluster);
  }
}

/** Gives a folder root has put in place (a restored backup) to the user who runs the server. */
export function handOver(cluster: string, user: User | undefined): void {
  if (!user || statSync(cluster).uid === user.uid) return;
  for (const entry of readdirSync(cluster, { recursive: true, encoding: "utf8" }))
    lchownSync(join(cluster, entry), user.uid, user.gid);
  chownSync(cluster, user.uid, user.gid);
}

/** Makes a new database beside its place and moves it there when it is complete, so that an interruption leaves nothing half-made. */
export async function createCluster(options: { cluster: string; program: string; user?: User; lasting: boolean }): Promise<void> {
  const { cluster, program, user, lasting } = options;
  const draft = `${cluster}.part-${randomBytes(4).toString("hex")}`;
  try {
    mkdirSync(draft, { mode: 0o700 });
    if (user) chownSync(draft, user.uid, user.gid);
    const where = clusterPath(draft, user);
    const settings = [
      "shared_buffers=256MB",
      "max_connections=60",
      "jit=off",
      "wal_level=replica",
      "max_wal_size=2GB",
      "checkpoint_completion_target=0.9",
      "random_page_cost=1.1",
      "timezone=UTC",
      "log_timezone=UTC",
      // Statements and their values are personal data and do not belong in a journal.
      "log_min_error_statement=panic",
      "log_error_verbosity=terse",
    ];
    await run(options, {
      cwd: draft,
      name: "initdb",
      args: [
        ...["-D", where, "-U", ROLE, "--auth-local=trust", "--auth-host=reject", "--encoding=UTF8", "--data-checksums"],
        ...["--locale-provider=builtin", "--locale=C.UTF-8", "--text-search-config=simple"],
        ...(lasting ? [] : ["--no-sync"]),
        ...settings.flatMap((setting) => ["-c", setting]),
      ],
    });
    await run(options, {
      cwd: draft,
      name: "postgres",
      args: ["--single", "-D", where, "template1"],
      input: `create database ${DATABASE}\n`,
    });
    renameSync(draft, cluster);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    throw folderRefusal(error, program);
  }
}

/** Removes what an interrupted creation left. Only the holder of the folder's lock may call it. */
export function clearDrafts(folder: string, cluster: string): void {
  for (const entry of readdirSync(folder)) {
    if (!join(folder, entry).startsWith(`${cluster}.part-`)) continue;
    rmSync(join(folder, entry), { recursive: true, force: true, maxRetries: 3 });
  }
}

async function run(
  options: { cluster: string; program: string; user?: User },
  call: { cwd: string; name: string; args: string[]; input?: string },
): Promise<void> {
  const said = await new Promise<{ code: number | null; text: string }>((resolve, reject) => {
    const child = spawn(join(options.program, "bin", call.name), call.args, {
      cwd: call.cwd,
      env: serverEnvironment,
      ...options.user,
    });
    let text = "";
    const hear = (part: Buffer) => {
      text = (text + part.toString("utf8")).slice(-4000);
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, text }));
    child.stdin.on("error", () => {});
    child.stdin.end(call.input ?? "");
  });
  if (said.code !== 0 || /^.*(FATAL|PANIC|ERROR): /m.test(said.text)) throw createRefusal(options.cluster, said.text);
}

function createRefusal(cluster: string, text: string): Refusal {
  if (saysFull(text)) return new Refusal("disk-full", { folder: cluster });
  if (text.includes("Permission denied")) return new Refusal("no-permission", { folder: cluster });
  const nameless = text.match(/effective user ID (\d+)/);
  if (nameless) return new Refusal("user-without-name", { uid: nameless[1]! });
  return new Refusal("create-failed", { folder: cluster, reason: firstFault(text) });
}

/** A write that the disk took only half is how PostgreSQL often meets its end. */
export function saysFull(text: string): boolean {
  return /No space left on device|Disk quota exceeded|wrote only \d+ of \d+ bytes/.test(text);
}

/** The first line in which PostgreSQL says what went wrong. */
export function firstFault(text: string): string {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const line = lines.find((row) => /(PANIC|FATAL|ERROR|error): /.test(row)) ?? lines.at(-1) ?? "";
  return line.replace(/^.*?(PANIC|FATAL|ERROR|error):\s+/, "").trim();
}
