/** A server on any free port: what it prints as its address, on the screen and on paper, is where it can be reached. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { root, temporaryFolder } from "./house.ts";
import { missing, readWords } from "./judge.ts";
import { applyForCertificate, createVisitor, pdfLinks, readDemoPeople } from "./visitor.ts";

test("M-F20: with PORT=0 the paper names the address that was really opened, and it can be checked there", {
  skip: missing("pdftotext"),
}, async () => {
  const { KEREGE_ADDRESS: _, DATABASE_URL: __, NODE_TEST_CONTEXT: ___, ...environment } = process.env;
  const server = spawn(process.execPath, ["--import", "./kernel/tsx.mjs", "apps/server/main.ts"], {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...environment, HOST: "127.0.0.1", PORT: "0", KEREGE_DATA: temporaryFolder() },
  });
  const ended = once(server, "close");
  try {
    let said = "";
    let address = "";
    for await (const part of server.stdout.setEncoding("utf8")) {
      said += part;
      address = /^ {2}(http:\/\/\S+)$/m.exec(said)?.[1] ?? "";
      if (address) break;
    }
    assert.match(address, /^http:\/\/127\.0\.0\.1:[1-9]\d*$/, said);
    const visitor = createVisitor(address);
    const [person] = await readDemoPeople(visitor);
    await visitor.signIn(person!.pin);
    const [link = ""] = pdfLinks(await visitor.get(await applyForCertificate(visitor)));
    const file = join(temporaryFolder(), "paper.pdf");
    writeFileSync(file, (await visitor.get(link)).bytes);
    const printed = /http:\/\/127\.0\.0\.1:\d+\/verify/.exec(readWords(file))?.[0];
    assert.equal(printed, `${address}/verify`);
    assert.equal((await visitor.get(new URL(printed).pathname)).status, 200);
  } finally {
    server.kill("SIGTERM");
    await ended;
  }
});
