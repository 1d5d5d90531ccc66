import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { test } from "node:test";
import { cosign, cosignedAt, parseCheckpoint, writeCheckpoint } from "../log/checkpoint.ts";
import { EMPTY_ROOT, hashLeaf, treeRoot } from "../log/merkle.ts";
import { isSignedBy, noteKey, parseNote, parseVerifierKey, signNote, writeVerifierKey } from "../log/note.ts";
import { consistencySpans } from "../log/proof.ts";
import { considerCheckpoint, type Witness, writeSubmission } from "../log/witness.ts";
import { NOW } from "./fixture.ts";

/** The example of C2SP signed-note: key and note as they stand there. */
const EXAMPLE_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
const EXAMPLE_NOTE = `This is an example message.

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
`;

function makeKey(name: string, type: 1 | 4) {
  const { privateKey: secret, publicKey } = generateKeyPairSync("ed25519");
  return { secret, key: noteKey(name, type, publicKey) };
}

const entries = (count: number, story = "") => Array.from({ length: count }, (_, index) => Buffer.from(`${story}entry ${index}`));
const rootOf = (list: readonly Buffer[]) => treeRoot(Buffer.concat(list.map(hashLeaf)));

test("the example of the specification verifies, and one changed letter does not", () => {
  const key = parseVerifierKey(EXAMPLE_KEY)!;
  assert.equal(writeVerifierKey(key), EXAMPLE_KEY);
  assert.ok(isSignedBy(parseNote(EXAMPLE_NOTE)!, key));
  assert.equal(isSignedBy(parseNote(EXAMPLE_NOTE.replace("example message", "example massage"))!, key), false);
  assert.equal(isSignedBy(parseNote(EXAMPLE_NOTE)!, makeKey("example.com/foo", 1).key), false);
});

test("what is no note and no verifier key by the letter is refused", () => {
  const bad: [string, (note: string) => string][] = [
    ["no newline at the end", (note) => note.slice(0, -1)],
    ["no blank line", (note) => note.replace("\n\n", "\n")],
    ["a tab", (note) => note.replace("an example", "an\texample")],
    ["a carriage return", (note) => note.replaceAll("\n", "\r\n")],
    ["a hyphen in place of the dash", (note) => note.replace("—", "-")],
    ["Base64 with a second spelling", (note) => note.replace("aQM=", "aQN=")],
    ["no signature", (note) => note.slice(0, note.indexOf("—"))],
    ["a lone surrogate", (note) => note.replace("an", "\ud800")],
    ["a signature of nothing", (note) => note.replace(/ Uw2\S+/, " Uw2QOg==")],
    ["a name with a plus", (note) => note.replace("com/foo", "com+foo")],
    ["too long", (note) => "x".repeat(70_000) + note],
    ["too many signatures", (note) => note + note.slice(note.indexOf("—")).repeat(64)],
  ];
  for (const [name, change] of bad) assert.equal(parseNote(change(EXAMPLE_NOTE)), undefined, name);
  for (const key of [
    "",
    "a+b",
    EXAMPLE_KEY.replace("530d903a", "530d903b"),
    EXAMPLE_KEY.replace("foo", "bar"),
    `${EXAMPLE_KEY}=`,
  ])
    assert.equal(parseVerifierKey(key), undefined, key);
});

test("a broken signature in the name of a known key spoils the note even beside a good one", () => {
  const { key, secret } = makeKey("log.example/a", 1);
  const note = signNote("text\n", { key, secret });
  const other = signNote("other\n", { key, secret });
  assert.ok(isSignedBy(parseNote(note)!, key));
  assert.equal(isSignedBy(parseNote(note + other.split("\n\n")[1])!, key), false);
});

test("a checkpoint is read by its three lines and nothing else", () => {
  const text = writeCheckpoint({ origin: "log.example/a", size: 12, root: rootOf(entries(12)) });
  const read = (body: string) => parseCheckpoint({ text: body, signatures: [] });
  assert.equal(read(text)!.size, 12);
  assert.ok(read(`${text}extension\n`));
  const wrong = [
    text.replace("12\n", "012\n"),
    text.replace("12\n", "-1\n"),
    text.replace("12\n", "1e1\n"),
    text.replace("log.example/a", ""),
  ];
  for (const body of [...wrong, text.replace("12\n", "99999999999999999\n"), "a\n1\nAAAA\n", "a\n1\n", `${text}\nx\n`])
    assert.equal(read(body), undefined, JSON.stringify(body));
});

test("a cosignature holds for its note, its witness and its time only", () => {
  const witness = makeKey("witness.example/w", 4);
  const log = makeKey("log.example/a", 1);
  const note = signNote(writeCheckpoint({ origin: "log.example/a", size: 0, root: EMPTY_ROOT }), log);
  const line = cosign(parseNote(note)!.text, NOW, witness);
  assert.deepEqual(cosignedAt(parseNote(note + line)!, witness.key), NOW);
  assert.equal(cosignedAt(parseNote(note)!, witness.key), undefined);
  const other = signNote(writeCheckpoint({ origin: "log.example/b", size: 0, root: EMPTY_ROOT }), log);
  assert.equal(cosignedAt(parseNote(other + line)!, witness.key), "broken");
  const bytes = Buffer.from(line.trim().split(" ").at(-1)!, "base64");
  bytes[11]! ^= 1;
  const later = `— witness.example/w ${bytes.toString("base64")}\n`;
  assert.equal(cosignedAt(parseNote(note + later)!, witness.key), "broken", "another time");
});

/** A witness with a memory, and a log that can tell any story. */
function scene() {
  const log = makeKey("log.example/a", 1);
  const witness: Witness = { ...makeKey("witness.example/w", 4), logs: [log.key] };
  const memory = new Map<string, string>();
  const submit = (body: string) => {
    const answer = considerCheckpoint(witness, { body, at: NOW }, (origin) => memory.get(origin));
    if (answer.state) memory.set(log.key.name, answer.state);
    return answer;
  };
  const note = (list: readonly Buffer[], signer = log) =>
    signNote(writeCheckpoint({ origin: log.key.name, size: list.length, root: rootOf(list) }), signer);
  const show = (old: number, list: readonly Buffer[]) =>
    submit(
      writeSubmission(
        old,
        consistencySpans(old, list.length).map(({ from, to }) => rootOf(list.slice(from, to))),
        note(list),
      ),
    );
  return { log, witness, memory, submit, note, show };
}

test("M-A9: a witness cosigns what continues the log, and nothing that shrinks it or tells another story", () => {
  const { witness, memory, note, show, submit, log } = scene();
  const first = show(0, entries(5));
  assert.equal(first.status, 200);
  assert.ok(cosignedAt(parseNote(note(entries(5)) + first.body)!, witness.key) instanceof Date);
  assert.equal(show(5, entries(9)).status, 200);
  assert.equal(show(9, entries(9)).status, 200, "the same again");
  const kept = memory.get(log.key.name)!;

  const behind = show(5, entries(12));
  assert.deepEqual([behind.status, behind.type, behind.body], [409, "text/x.tlog.size", "9\n"], "the log has lost count");
  assert.equal(show(4, entries(7)).status, 409, "a log that shrinks");
  assert.equal(show(9, [...entries(8), Buffer.from("other"), ...entries(3)]).status, 422, "another past");
  assert.equal(show(9, entries(9, "other ")).status, 422, "another tree of the same size");
  assert.equal(show(9, entries(14, "other ")).status, 422, "a fork");
  assert.equal(submit(writeSubmission(9, [], note(entries(12)))).status, 422, "no proof");
  assert.equal(submit(writeSubmission(12, [], note(entries(9)))).status, 400, "old larger than new");
  assert.equal(memory.get(log.key.name), kept, "what was refused is not remembered");
  assert.equal(show(9, entries(12)).status, 200, "and the true story goes on");
});

test("a witness refuses what it cannot attribute or read, each with its own status", () => {
  const { note, submit, show } = scene();
  const strange = makeKey("log.example/a", 1);
  assert.equal(submit(writeSubmission(0, [], note(entries(3), strange))).status, 403, "another key of the same name");
  const foreign = signNote(writeCheckpoint({ origin: "log.example/z", size: 1, root: rootOf(entries(1)) }), strange);
  assert.equal(submit(writeSubmission(0, [], foreign)).status, 404);
  const good = note(entries(3));
  const spoiled = good.replace("log.example/a\n3\n", "log.example/a\n4\n");
  assert.equal(submit(writeSubmission(0, [], spoiled)).status, 403, "a signature that does not hold");
  assert.equal(submit(writeSubmission(0, [rootOf(entries(2))], good)).status, 422, "a proof where none is needed");
  const broken = ["", "old 0", `old 00\n\n${good}`, `old 0\n\n${good.trimEnd()}`, `old 0\nAAAA\n\n${good}`, `new 0\n\n${good}`];
  for (const body of [...broken, writeSubmission(0, Array(64).fill(EMPTY_ROOT), good)])
    assert.equal(submit(body).status, 400, body);
  const empty = signNote(writeCheckpoint({ origin: "log.example/a", size: 0, root: rootOf(entries(1)) }), strange);
  assert.equal(submit(writeSubmission(0, [], empty)).status, 403);
  assert.equal(show(0, []).status, 200, "an empty log is a log");
});

test("a witness whose memory was spoiled does not begin anew", () => {
  const { memory, show, log } = scene();
  show(0, entries(3));
  memory.set(log.key.name, "something else");
  assert.throws(() => show(0, entries(3)), RangeError);
});
