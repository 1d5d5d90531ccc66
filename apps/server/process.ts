/**
 * The server as a process: its address, its signals, its end. The wiring of the house is not here.
 *
 *   readAddress(environment): Address                       HOST and PORT, checked
 *   claimAddress(address): Promise<Claim>                   refuses a taken or forbidden port before anything is started
 *   urlOf(address): string                                  where a browser on this machine finds it
 *   listen(app, address): Promise<void>                     opens the door
 *   closeDoor(app, patience?): Promise<void>                no new requests; running ones may end within 5 s
 *   live(work, means): Promise<never>                       runs the work, waits for the end asked for, closes in reverse order
 *   readyText({ title, address, people, … }): string        what to print when all is ready
 */
import { type AddressInfo, createServer } from "node:net";
import { Refusal, refusalText } from "@kerege/kernel/embedded";
import type { Log } from "@kerege/kernel/log";
import { addressSettings } from "./settings.ts";

export interface Address {
  host: string;
  /** 0 asks the system for any free port. */
  port: number;
}

/** The part of a Fastify server that is needed here. */
export interface Door {
  listen(address: Address): Promise<string>;
  close(): PromiseLike<unknown>;
  server: { closeAllConnections?(): void };
}

export interface Life {
  /** Aborted once a stop is asked for. */
  readonly stopping: AbortSignal;
  /** What to do at the end; the last one named is done first. If a stop was asked for meanwhile, the work ends here. */
  atEnd(close: () => Promise<unknown> | unknown): void;
  /** Asks for the end, as a signal does. An exit code other than 0 says that it was not wanted. */
  stop(exitCode?: number): void;
  print(text: string): void;
}

/** Shows that the work was left because a stop was asked for. */
class Asked extends Error {}

/** @throws {Refusal} `port-wrong` */
export function readAddress(environment: NodeJS.ProcessEnv): Address {
  const { host, port } = addressSettings;
  const value = environment[port.env]?.trim() || String(port.default);
  const number = port.parse(value);
  if (number === undefined) throw new Refusal("port-wrong", { value });
  return { host: environment[host.env]?.trim() || host.default, port: number };
}

export interface Claim {
  /** The port is a real one, also where any free one was asked for. */
  address: Address;
  /** Lets the address go, so that the server can take it. */
  release(): Promise<void>;
}

/**
 * Makes sure of the address before anything is started. A port that the system chose is held until it is released: documents print
 * it from the first one on, so it must still be ours when the door opens.
 * @throws {Refusal} `port-taken`, `port-forbidden` or `host-wrong`
 */
export async function claimAddress(address: Address): Promise<Claim> {
  const probe = createServer((caller) => caller.destroy());
  try {
    await new Promise<void>((resolve, reject) => {
      probe.once("error", reject);
      probe.listen({ ...address, exclusive: true }, resolve);
    });
  } catch (error) {
    throw addressRefusal(error, address);
  }
  const release = () => new Promise<void>((resolve) => probe.close(() => resolve()));
  const { port } = probe.address() as AddressInfo;
  // It alone does not keep the process alive.
  probe.unref();
  if (address.port !== 0) await release();
  return { address: { ...address, port }, release: address.port === 0 ? release : async () => {} };
}

/** Where a browser on this machine finds the server. */
export function urlOf({ host, port }: Address): string {
  const everywhere = host === "0.0.0.0" || host === "::";
  return `http://${everywhere ? "127.0.0.1" : host.includes(":") ? `[${host}]` : host}:${port}`;
}

/** @throws {Refusal} as claimAddress; another program may have taken the port since. */
export async function listen(app: Door, address: Address): Promise<void> {
  try {
    await app.listen(address);
  } catch (error) {
    throw addressRefusal(error, address);
  }
}

function addressRefusal(error: unknown, { host, port }: Address): unknown {
  const code = error instanceof Error && "code" in error ? error.code : "";
  if (code === "EADDRINUSE") return new Refusal("port-taken", { port, next: port < 65535 ? port + 1 : 8080 }, error);
  if (code === "EACCES") return new Refusal("port-forbidden", { port }, error);
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND" || code === "EAI_AGAIN" || code === "EINVAL")
    return new Refusal("host-wrong", { host }, error);
  return error;
}

/** Connections that are still busy after the patience (milliseconds) are cut. */
export async function closeDoor(app: Door, patience = 5000): Promise<void> {
  const timer = setTimeout(() => app.server.closeAllConnections?.(), patience);
  await app.close();
  clearTimeout(timer);
}

/**
 * Runs the work until SIGINT, SIGTERM or SIGHUP, or until it asks for the end, then closes and exits: 0 after a stop that was asked
 * for, 1 with a sentence after a refusal, 1 with a line in the log after an error nobody caught. A second Ctrl-C exits at once; the
 * database is then stopped by its guard.
 */
export async function live(
  work: (life: Life) => Promise<void>,
  { log, stopping }: { log: Log; stopping?: string },
): Promise<never> {
  const asked = new AbortController();
  const closers: (() => Promise<unknown> | unknown)[] = [];
  let exitCode = 0;
  let askedAt = 0;
  const stop = (code = 0) => {
    exitCode ||= code;
    asked.abort();
  };
  const onSignal = (name: NodeJS.Signals, number: number) => {
    // npm and the launcher pass on what the group already got, so signals close together are one.
    if (askedAt > 0 && Date.now() - askedAt > 1000) process.exit(128 + number);
    if (askedAt > 0) return;
    askedAt = Date.now();
    if (stopping && name !== "SIGHUP") print(stopping);
    stop();
  };
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, onSignal);
  // The reader of our output may have gone (`npm start | head`); that is no reason to stop.
  process.stdout.on("error", () => {});
  process.stderr.on("error", () => {});
  // Once people are served a message may quote their records, so only the log, which leaves messages out, hears of it.
  const fail = (event: string) => (error: unknown) => {
    log.fault(event, error);
    stop(1);
  };
  process.on("uncaughtException", fail("process.uncaught"));
  process.on("unhandledRejection", fail("process.unhandled"));
  // A work that waits for nothing but its end would otherwise be taken for finished, and Node would leave with 13.
  setInterval(() => {}, 2 ** 30);
  const life: Life = {
    stopping: asked.signal,
    atEnd: (close) => {
      closers.push(close);
      if (asked.signal.aborted) throw new Asked();
    },
    stop,
    print,
  };
  try {
    await work(life);
    if (!asked.signal.aborted) await new Promise((resolve) => asked.signal.addEventListener("abort", resolve));
  } catch (error) {
    // While a stop is under way a step that breaks (a half-made database, say) is its consequence.
    if (!asked.signal.aborted) {
      explain(error);
      stop(1);
    }
  }
  for (const close of closers.reverse()) {
    try {
      await close();
    } catch (error) {
      if (error instanceof Refusal) explain(error);
      fail("process.close")(error);
    }
  }
  return process.exit(exitCode);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function explain(error: unknown): void {
  const text =
    error instanceof Refusal ? refusalText(error) : error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`\n${text}\n`);
}

export interface Ready {
  /** What has started, such as the name of the state. */
  title: string;
  address: string;
  /** A line above the people, and the people one can sign in as. */
  peopleTitle?: string;
  people?: { name: string; about: string }[];
  /** How to stop. */
  stop: string;
}

/** The lines shown when everything is ready. */
export function readyText({ title, address, peopleTitle, people = [], stop }: Ready): string {
  const width = Math.max(0, ...people.map(({ name }) => name.length));
  const rows = people.map(({ name, about }) => `    ${name.padEnd(width)}   ${about}`);
  const block = people.length > 0 ? ["", `  ${peopleTitle ?? ""}`, ...rows] : [];
  return ["", `  ${title}`, `  ${address}`, ...block, "", `  ${stop}`, ""].join("\n");
}
