import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { createHash, generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { cosignedAt, noteKey, parseNote, parseVerifierKey, signNote, writeVerifierKey } from "@kerege/trust";

const program = fileURLToPath(new URL("../main.ts", import.meta.url));
const ORIGIN = "log.example/state";

function makeLog() {
  const { privateKey: secret, publicKey } = generateKeyPairSync("ed25519");
  const key = noteKey(ORIGIN, 1, publicKey);
  const sha = (...parts: Uint8Array[]) => createHash("sha256").update(Buffer.concat(parts)).digest();
  const leaf = (entry: string) => sha(Uint8Array.of(0), Buffer.from(entry));
  const node = (left: Buffer, right: Buffer) => sha(Uint8Array.of(1), left, right);
  const note = (size: number, root: Buffer) => signNote(`${ORIGIN}\n${size}\n${root.toString("base64")}\n`, { key, secret });
  return { verifierKey: writeVerifierKey(key), leaf, node, note };
}

type Running = { child: ChildProcess; address: string; key: string };

async function startWitness(t: TestContext, folder: string, log: string): Promise<Running> {
  const args = ["--folder", folder, "--name", "witness.example/w", "--log", log, "--child"];
  const child = spawn(process.execPath, [...process.execArgv.filter((one) => !one.startsWith("--test")), program, ...args], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, NODE_TEST_CONTEXT: undefined },
  });
  t.after(() => child.kill("SIGKILL"));
  const [line] = await once(createInterface(child.stdout), "line");
  return { child, ...(JSON.parse(String(line)) as { address: string; key: string }) };
}

async function add({ address }: Running, old: number, proof: Buffer[], note: string) {
  const body = `old ${old}\n${proof.map((hash) => `${hash.toString("base64")}\n`).join("")}\n${note}`;
  const response = await fetch(`${address}/add-checkpoint`, { method: "POST", body });
  return { status: response.status, type: response.headers.get("content-type"), text: await response.text() };
}

function temporary(t: TestContext): string {
  const folder = mkdtempSync(path.join(tmpdir(), "kerege-witness-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test("M-A9: a witness that was killed and started again remembers, keeps its key and finds the split view", async (t) => {
  const { verifierKey, leaf, node, note } = makeLog();
  const folder = temporary(t);
  const [a, b, c] = ["a", "b", "c"].map(leaf) as [Buffer, Buffer, Buffer];
  const first = await startWitness(t, folder, verifierKey);
  const accepted = await add(first, 0, [], note(2, node(a, b)));
  assert.equal(accepted.status, 200, accepted.text);
  assert.ok(cosignedAt(parseNote(note(2, node(a, b)) + accepted.text)!, parseVerifierKey(first.key)!) instanceof Date);
  const gone = once(first.child, "exit");
  first.child.kill("SIGKILL");
  await gone;

  const second = await startWitness(t, folder, verifierKey);
  assert.equal(second.key, first.key);
  const forgetful = await add(second, 0, [], note(3, node(node(a, b), c)));
  assert.deepEqual([forgetful.status, forgetful.type, forgetful.text], [409, "text/x.tlog.size", "2\n"]);
  // The other story: the second entry was another, told with the best proof there can be for it.
  const fork = await add(second, 2, [c], note(3, node(node(a, c), c)));
  assert.equal(fork.status, 422);
  assert.equal((await add(second, 2, [], note(2, node(a, c)))).status, 422, "another tree of the same size");
  assert.equal((await add(second, 1, [], note(1, a))).status, 409, "a log that shrank");
  const true3 = await add(second, 2, [c], note(3, node(node(a, b), c)));
  assert.equal(true3.status, 200);

  const hash = createHash("sha256").update(ORIGIN).digest("hex");
  const shown = await (await fetch(`${second.address}/${hash}/checkpoint`)).text();
  assert.equal(shown, note(3, node(node(a, b), c)) + true3.text, "monitors get what was cosigned");
  assert.equal((await fetch(`${second.address}/${"0".repeat(64)}/checkpoint`)).status, 404);
  assert.deepEqual(readdirSync(folder).sort(), [`${hash}.checkpoint`, "key.pem"].sort(), "nothing half written is left");
});

test("of many submissions at once the witness cosigns one story only", async (t) => {
  const { verifierKey, leaf, node, note } = makeLog();
  const witness = await startWitness(t, temporary(t), verifierKey);
  const root = leaf("root");
  assert.equal((await add(witness, 0, [], note(1, root))).status, 200);
  const stories = Array.from({ length: 12 }, (_, nr) => leaf(`story ${nr}`));
  const answers = await Promise.all(stories.map((story) => add(witness, 1, [story], note(2, node(root, story)))));
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, ...Array(11).fill(409)]);
});

test("a witness bears bad requests and ends with who started it", async (t) => {
  const witness = await startWitness(t, temporary(t), makeLog().verifierKey);
  const url = `${witness.address}/add-checkpoint`;
  assert.equal((await fetch(url, { method: "POST", body: "x".repeat(100_000) })).status, 413);
  assert.equal((await fetch(url, { method: "POST", body: Buffer.from([0xff, 0xfe]) })).status, 400);
  assert.equal((await fetch(url)).status, 405);
  assert.equal((await fetch(`${witness.address}/../key.pem`)).status, 404);
  assert.equal((await add(witness, 0, [], makeLog().note(1, Buffer.alloc(32)))).status, 403, "another log under this name");
  const gone = once(witness.child, "exit");
  witness.child.stdin!.end();
  assert.deepEqual(await gone, [0, null]);
});

test("a witness that is told nonsense says how to use it", async () => {
  const child = spawn(
    process.execPath,
    [...process.execArgv.filter((one) => !one.startsWith("--test")), program, "--folder", "x"],
    { stdio: "ignore" },
  );
  assert.deepEqual(await once(child, "exit"), [2, null]);
});
