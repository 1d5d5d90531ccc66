/**
 * The built-in PostgreSQL: makes, starts, watches and stops a server of its own below the data folder, reachable only through a
 * unix socket.
 *
 *   startEmbedded({ folder, log, progress?, settings?, throwAway? }): Promise<Embedded>   starts it; refuses a folder in use
 *   joinEmbedded(folder): Embedded | undefined                                            the one another process runs there
 *   openEmbedded(options): Promise<Embedded>                                              joins it, or starts it
 *   Embedded = { folder, version, pid, connection(database?), whenLost(then), stop() }
 *   Refusal, refusalText(refusal, language?), terminalLanguage()                          why not, as a sentence
 */
import { type ChildProcess, spawn } from "node:child_process";
import {
  chmodSync,
  chownSync,
  closeSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  truncateSync,
} from "node:fs";
import { join } from "node:path";
import {
  clearDrafts,
  clusterPath,
  createCluster,
  DATABASE,
  firstFault,
  handOver,
  inspectCluster,
  ROLE,
  saysFull,
  serverEnvironment,
} from "./embedded/cluster.ts";
import { findHolder, holdLock } from "./embedded/lock.ts";
import { findMarked, guard, pause, signal } from "./embedded/process.ts";
import { chooseUser, programFolder, programVersion, reachableProgram, runtimeParent, type User } from "./embedded/program.ts";
import { folderRefusal, Refusal } from "./embedded/refusal.ts";
import type { Log } from "./log.ts";

export { Refusal, refusalText, terminalLanguage, terminalSettings } from "./embedded/refusal.ts";

/** What takes long: a new database is made (about a second), an earlier server is waited for, the server recovers after a crash. */
export type EmbeddedStep = "create" | "wait" | "start" | "recover";

export interface EmbeddedOptions {
  /** The data folder (KEREGE_DATA). The server's own files stand in `postgres` below it. */
  folder: string;
  log: Log;
  progress?: (step: EmbeddedStep) => void;
  /** Settings of this start, over those in postgresql.conf. */
  settings?: Record<string, string>;
  /** For tests: nothing is made safe against a power cut, and the folder is removed at the end, whatever the end. */
  throwAway?: boolean;
}

export interface Connection {
  /** Folder of the socket. */
  host: string;
  port: number;
  user: string;
  database: string;
}

export interface Embedded {
  folder: string;
  /** Folder of the server's own files. */
  cluster: string;
  /** Release of PostgreSQL, such as `18.4`. */
  version: string;
  /** Process number of the server. */
  pid: number;
  /** What a pool of `pg` needs. The database is the state's unless another is named. */
  connection(database?: string): Connection;
  /** Calls once if the server ends without having been asked to. */
  whenLost(then: () => void): void;
  /** Ends the sessions, writes everything down and waits for the server to be gone. A joined server is left running. */
  stop(): Promise<void>;
}

const PORT = 5432;

/** @throws {Refusal} with a sentence for whoever started it; nothing in the folder is deleted. */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const folder = prepareFolder(options.folder);
  const lock = lockFolder(folder);
  try {
    const embedded = await start({ ...options, folder });
    let stopped: Promise<void> | undefined;
    const stop = async () => {
      try {
        await embedded.stop();
      } finally {
        lock.release();
        if (options.throwAway) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
      }
    };
    return {
      ...embedded,
      stop: () => {
        stopped ??= stop();
        return stopped;
      },
    };
  } catch (error) {
    lock.release();
    throw folderRefusal(error, folder);
  }
}

/** The server another living process runs in this folder, if one does and is ready. */
export function joinEmbedded(folder: string): Embedded | undefined {
  let place: string;
  try {
    place = realpathSync(folder);
    if (!findHolder(join(place, "lock"))) return undefined;
  } catch {
    return undefined;
  }
  const cluster = join(place, "postgres");
  const running = readPostmaster(cluster);
  if (!running?.ready) return undefined;
  const version = programVersion(programFolder());
  return {
    folder: place,
    cluster,
    version,
    pid: running.pid,
    connection: connectionAt(running.socket),
    whenLost: () => {},
    stop: async () => {},
  };
}

/** For commands beside a running server: joins it, or starts one for as long as the command lasts. */
export async function openEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  return joinEmbedded(options.folder) ?? startEmbedded(options);
}

/** Makes the data folder, for its owner alone, and returns its real path. @throws {Refusal} */
export function prepareFolder(folder: string): string {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (!statSync(folder).isDirectory()) throw new Refusal("not-a-folder", { folder });
    return realpathSync(folder);
  } catch (error) {
    throw folderRefusal(error, folder);
  }
}

/** Holds a data folder for this process until released. @throws {Refusal} `in-use` with the process that holds it. */
export function lockFolder(folder: string): { release(): void } {
  try {
    return holdLock(join(folder, "lock"), folder);
  } catch (error) {
    throw folderRefusal(error, folder);
  }
}

async function start(options: EmbeddedOptions): Promise<Embedded> {
  const { folder, log, progress = () => {}, throwAway = false } = options;
  const cluster = join(folder, "postgres");
  const installed = programFolder();
  const version = programVersion(installed);
  const found = inspectCluster(cluster, version.split(".")[0]!);
  const user = chooseUser(cluster);
  clearDrafts(folder, cluster);
  const runtime = makeRuntime(folder, user);
  try {
    const program = reachableProgram(installed, runtime, user);
    if (found === "absent") {
      progress("create");
      await createCluster({ cluster, program, user, lasting: !throwAway });
    }
    handOver(cluster, user);
    await clearLeftovers(cluster, progress);
    progress("start");
    const child = await launch({ ...options, cluster, program, runtime, user, progress });
    log.note("database.started", { version, created: found === "absent" });
    const watch = guard(child.pid!, throwAway ? [runtime, folder] : []);
    let asked = false;
    return {
      folder,
      cluster,
      version,
      pid: child.pid!,
      connection: connectionAt(runtime),
      whenLost: (then) => child.once("exit", () => asked || then()),
      stop: async () => {
        asked = true;
        await end(child, cluster);
        watch.dismiss();
        rmSync(runtime, { recursive: true, force: true });
        log.note("database.stopped");
      },
    };
  } catch (error) {
    rmSync(runtime, { recursive: true, force: true });
    throw error;
  }
}

const connectionAt =
  (host: string) =>
  (database = DATABASE): Connection => ({ host, port: PORT, user: ROLE, database });

/** A mark that names the folder itself, not its path: it stays the same when the folder is moved. It is put on the command line. */
function markOf(place: string): string {
  const { dev, ino } = statSync(place);
  return `kerege-${dev.toString(36)}-${ino.toString(36)}`;
}

/** The folder of the socket, which only the server's user may enter. In a shared /tmp somebody may have taken the name before us. */
function makeRuntime(folder: string, user: User | undefined): string {
  const parent = runtimeParent();
  const self = process.geteuid?.() ?? 0;
  for (let attempt = 0; attempt < 9; attempt++) {
    const place = join(parent, markOf(folder) + (attempt === 0 ? "" : `-${attempt}`));
    const state = lstatSync(place, { throwIfNoEntry: false });
    if (state && (!state.isDirectory() || (state.uid !== self && state.uid !== user?.uid))) continue;
    if (!state) mkdirSync(place, { mode: 0o700 });
    chmodSync(place, 0o700);
    if (user) chownSync(place, user.uid, user.gid);
    return place;
  }
  throw new Refusal("no-permission", { folder: parent });
}

/**
 * After kill -9 an earlier server may still be at work, or be dead but not collected, or its pid may belong to someone else by now.
 * The first is stopped in order; of the others only the pid file is left, which would keep PostgreSQL from starting.
 */
async function clearLeftovers(cluster: string, progress: (step: EmbeddedStep) => void): Promise<void> {
  const mark = `cluster_name=${markOf(cluster)}`;
  const title = `postgres: ${markOf(cluster)}: `;
  const begun = Date.now();
  let asked = 0;
  for (;;) {
    const servers = findMarked(mark);
    const sessions = findMarked(title);
    if (servers.length + sessions.length === 0) break;
    const waited = Date.now() - begun;
    if (asked === 0 || (asked === 1 && waited > 15_000)) {
      if (asked === 0) progress("wait");
      for (const pid of servers) signal(pid, asked === 0 ? "SIGINT" : "SIGQUIT");
      asked++;
    }
    if (waited > 30_000) throw new Refusal("leftover-runs", { folder: cluster, pid: [...servers, ...sessions][0]! });
    await pause(30);
  }
  // Elsewhere than on Linux we cannot tell whose process it is; PostgreSQL's own check of the pid file then decides.
  if (process.platform === "linux") rmSync(join(cluster, "postmaster.pid"), { force: true });
}

async function launch(
  options: EmbeddedOptions & {
    cluster: string;
    program: string;
    runtime: string;
    user?: User;
    progress: (step: EmbeddedStep) => void;
  },
) {
  const { cluster, program, runtime, user } = options;
  const settings: Record<string, string> = {
    listen_addresses: "",
    unix_socket_directories: runtime,
    unix_socket_permissions: "0700",
    cluster_name: markOf(cluster),
    ...(options.throwAway ? { fsync: "off", full_page_writes: "off", synchronous_commit: "off", max_connections: "200" } : {}),
    ...options.settings,
  };
  const args = [
    "-D",
    clusterPath(cluster, user),
    "-p",
    String(PORT),
    ...Object.entries(settings).flatMap(([key, value]) => ["-c", `${key}=${value}`]),
  ];
  const journal = join(options.folder, "postgres.log");
  if ((statSync(journal, { throwIfNoEntry: false })?.size ?? 0) > 4_000_000) truncateSync(journal);
  const begun = Date.now();
  for (;;) {
    const from = statSync(journal, { throwIfNoEntry: false })?.size ?? 0;
    const output = openSync(journal, "a", 0o600);
    // A session of its own: Ctrl-C in the terminal reaches us, and we stop the server after the last request is answered.
    const child = spawn(join(program, "bin", "postgres"), args, {
      cwd: cluster,
      env: serverEnvironment,
      detached: true,
      stdio: ["ignore", output, output],
      ...user,
    });
    closeSync(output);
    if (await becomesReady(child, cluster, options.progress)) {
      child.unref();
      return child;
    }
    const said = readFileSync(journal).subarray(from).toString("utf8");
    const held = /lock file ".*" already exists|pre-existing shared memory block/.test(said);
    if (!held || Date.now() - begun > 10_000) throw startRefusal({ cluster, journal, said });
    await pause(200);
    await clearLeftovers(cluster, options.progress);
  }
}

/** Waits as long as the server lives: recovery after a crash may take minutes. */
async function becomesReady(child: ChildProcess, cluster: string, progress: (step: EmbeddedStep) => void): Promise<boolean> {
  let gone = false;
  let fault: Error | undefined;
  child.once("exit", () => {
    gone = true;
  });
  child.once("error", (error) => {
    fault = error;
  });
  const begun = Date.now();
  let told = false;
  while (!gone) {
    await pause(5);
    if (fault) throw fault;
    const running = readPostmaster(cluster);
    if (running?.ready && running.pid === child.pid) return true;
    if (!told && Date.now() - begun > 3000) {
      told = true;
      progress("recover");
    }
  }
  return false;
}

/** The lines of postmaster.pid, see miscadmin.h: pid, folder, start, port, socket folder, address, shared memory, state. */
function readPostmaster(cluster: string): { pid: number; socket: string; ready: boolean } | undefined {
  try {
    const lines = readFileSync(join(cluster, "postmaster.pid"), "utf8").split("\n");
    return { pid: Number(lines[0]), socket: lines[4] ?? "", ready: lines[7]?.trim() === "ready" };
  } catch {
    return undefined;
  }
}

function startRefusal({ cluster, journal, said }: { cluster: string; journal: string; said: string }): Refusal {
  if (saysFull(said)) return new Refusal("disk-full", { folder: cluster });
  if (said.includes("Permission denied")) return new Refusal("no-permission", { folder: cluster });
  return new Refusal("start-failed", { folder: cluster, journal, reason: firstFault(said) });
}

/** Fast shutdown (SIGINT), then immediate (SIGQUIT), which loses nothing either: the next start recovers from the journal of writes. */
async function end(child: ChildProcess, cluster: string): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.ref();
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  for (const [name, patience] of [
    ["SIGINT", 20_000],
    ["SIGQUIT", 10_000],
  ] as const) {
    child.kill(name);
    const late = new AbortController();
    const waited = await Promise.race([gone.then(() => true), pause(patience, late.signal).then(() => false)]);
    late.abort();
    if (waited) return;
  }
  throw new Refusal("leftover-runs", { folder: cluster, pid: child.pid! });
}
