/** A program that lives as the server does, for process.test.ts: `living.ts WAY`. What it does next is told on standard input. */
import { once } from "node:events";
import { Refusal } from "@kerege/kernel/embedded";
import { createServer } from "@kerege/kernel/http";
import { createTexts } from "@kerege/kernel/locale";
import { createLog } from "@kerege/kernel/log";
import { claimAddress, closeDoor, type Life, listen, live, urlOf } from "../process.ts";

const log = createLog((line) => process.stderr.write(line));
const nextLine = () => once(process.stdin, "data");

const ways: Record<string, (life: Life) => Promise<void> | void> = {
  waits(life) {
    life.atEnd(() => life.print("closed first opened"));
    life.atEnd(() => life.print("closed last opened"));
    life.print("ready");
  },
  "asks-for-the-end"(life) {
    life.atEnd(() => life.print("closed"));
    life.stop(3);
  },
  "never-closes"(life) {
    life.atEnd(() => new Promise(() => {}));
    life.print("ready");
  },
  "closes-badly"(life) {
    life.atEnd(() => life.print("closed the other"));
    life.atEnd(() => {
      throw new RangeError("the record of Айгүл");
    });
    life.print("ready");
  },
  "is-slow-to-open"(life) {
    life.print("opening");
    return nextLine().then(() => {
      life.atEnd(() => life.print("closed what was opened"));
      life.print("went on");
    });
  },
  async throws(life) {
    life.atEnd(() => life.print("closed"));
    life.print("ready");
    void nextLine().then(() =>
      setImmediate(() => {
        throw new RangeError("the record of Айгүл");
      }),
    );
  },
  rejects(life) {
    life.atEnd(() => life.print("closed"));
    life.print("ready");
    void nextLine().then(() => Promise.reject(new RangeError("the record of Айгүл")));
  },
  refuses() {
    throw new Refusal("disk-full", { folder: "/somewhere" });
  },
  breaks() {
    throw new RangeError("no such host: db.example");
  },
  async serves(life) {
    const { address, release } = await claimAddress({ host: "127.0.0.1", port: 0 });
    const app = await createServer({ log, texts: createTexts(), languages: ["en"] });
    app.get("/slow", async () => {
      life.print("asked");
      await nextLine();
      return { answer: "whole" };
    });
    app.get("/quick", async () => {
      life.print("asked quickly");
      process.stderr.write("and answered\n");
      return { answer: "whole" };
    });
    await release();
    await listen(app, address);
    life.atEnd(() => closeDoor(app, process.argv[3] === undefined ? undefined : Number(process.argv[3])));
    life.print(`at ${urlOf(address)}.`);
  },
};

await live(async (life) => ways[process.argv[2] ?? ""]!(life), { log, stopping: "stopping" });
