import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { checkDocument, type DocumentVerdict } from "@kerege/documents";
import { formatDate } from "@kerege/kernel/format";
import { addLocales, createTexts, languages } from "@kerege/kernel/locale";
import { readSettings } from "@kerege/kernel/settings";
import { placeSettings } from "@kerege/server/settings";
import { type Anchors, checkProof, isProofFile, parseAnchors, validate } from "@kerege/trust";
import { fromCaller, type Run, type Terminal } from "./terminal.ts";
import { isSplitFile, printable, saySigned, saySplit, table } from "./verify-signed.ts";

/**
 * `kerege verify FILE [--anchors PEM] [--code TEXT] [--content FILE]`: checks a document of the state, the text of its QR code, any
 * signed file (PDF, CMS, XML, container, JWS; `--content` is what a signature in a file of its own is over), a proof from the log of
 * the state (`.kerege-proof.json`), or evidence against that log (`split.json`), with nothing but the published trust anchors: no
 * server, no network. Exit code 0 when genuine, 1 when not, 2 when it could not be asked.
 */
export const verify: Run = async (args, terminal) => {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    strict: false,
    options: { anchors: { type: "string" }, code: { type: "string" }, content: { type: "string" } },
  });
  const [given] = positionals;
  const file = given === undefined ? undefined : fromCaller(given);
  const code = typeof values.code === "string" ? values.code : undefined;
  if (!file && !code) {
    terminal.complain(terminal.say("verify.usage"));
    return 2;
  }
  const bytes = file === undefined ? undefined : read(file);
  if (file !== undefined && !bytes) {
    terminal.complain(terminal.say("verify.no-file", { file }));
    return 2;
  }
  // It brings the key it speaks of; anchors have no say in it.
  if (bytes && isSplitFile(bytes)) return saySplit(bytes, terminal);
  const anchorsFile = typeof values.anchors === "string" ? fromCaller(values.anchors) : findAnchors();
  if (!anchorsFile || !existsSync(anchorsFile)) {
    terminal.complain(terminal.say("verify.no-anchors"));
    return 2;
  }
  const anchors = parseAnchors(readFileSync(anchorsFile, "utf8"));
  if (!anchors) {
    terminal.complain(terminal.say("verify.bad-anchors", { file: anchorsFile }));
    return 2;
  }
  const contentFile = typeof values.content === "string" ? fromCaller(values.content) : undefined;
  const content = contentFile === undefined ? undefined : read(contentFile);
  if (contentFile !== undefined && !content) {
    terminal.complain(terminal.say("verify.no-file", { file: contentFile }));
    return 2;
  }
  if (bytes && isProofFile(bytes)) return sayProof(bytes, anchors, terminal);
  const isCode = bytes?.subarray(0, 5).toString("latin1") === "KRG1:";
  const at = new Date();
  const verdict = checkDocument({ pdf: isCode ? undefined : bytes, text: isCode ? bytes?.toString("utf8") : code }, anchors, at);
  const texts = createTexts();
  addLocales(texts, "documents", new URL("../../blocks/documents/locales/", import.meta.url));
  addLocales(texts, "trust", new URL("../../blocks/trust/locales/", import.meta.url));
  const t = texts.of(terminal.language);
  if (bytes && !isCode && !verdict.valid && !isOurs(bytes, verdict)) {
    const files = contentFile && content ? new Map([[path.basename(contentFile), content]]) : undefined;
    return saySigned(
      validate(bytes, { trusted: anchors, at, ...(content && { content }), ...(files && { files }) }),
      t,
      terminal,
    );
  }
  if (!verdict.valid) {
    const key = verdict.reasonKey ?? "";
    const { date, ...others } = verdict.params ?? {};
    const params = date === undefined ? others : { ...others, date: formatDate(terminal.language, date) };
    const lines = key.startsWith("documents.") ? [t(`${key}.title`, params), t(`${key}.detail`, params)] : [t(key, params)];
    terminal.print([terminal.say("verify.not-genuine"), ...lines, `(${verdict.reason})`].join("\n"));
    return 1;
  }
  const signed = verdict.signed!;
  const shown = (title: Partial<Record<string, string>> | undefined, fallback: string) =>
    title?.[terminal.language] ?? languages.map((one) => title?.[one]).find(Boolean) ?? fallback;
  const rows: [string, string][] = [
    [shown(signed.title, signed.document), signed.number],
    ...signed.facts.map((fact): [string, string] => [
      shown(fact.title, t(`documents.statement.${fact.name}`)),
      /^\d{4}-\d{2}-\d{2}$/.test(fact.value) ? formatDate(terminal.language, fact.value) : fact.value,
    ]),
    [signed.body.name, signed.signedAt.toISOString()],
  ];
  terminal.print(
    [
      terminal.say("verify.genuine"),
      ...table(rows),
      t("documents.verdict.valid-offline.detail", { body: signed.body.name }),
    ].join("\n"),
  );
  return 0;
};

function sayProof(file: Buffer, anchors: Anchors, terminal: Terminal): number {
  const texts = createTexts();
  addLocales(texts, "trust", new URL("../../blocks/trust/locales/", import.meta.url));
  const t = texts.of(terminal.language);
  const verdict = checkProof(file, anchors);
  if (!verdict.valid) {
    const { reason, cause } = verdict;
    const lines = [t(`trust.proof.refusals.${reason}`), ...(cause ? [t(`trust.refusals.${cause}`)] : [])];
    terminal.print([terminal.say("verify.not-genuine"), ...lines, `(${[reason, cause].filter(Boolean).join(": ")})`].join("\n"));
    return 1;
  }
  const rows: [string, string][] = [
    [t("trust.proof.place"), `${verdict.place} (${verdict.size})`],
    [t("trust.log.origin"), verdict.origin],
    ...verdict.witnesses.map(({ name, at }): [string, string] => [t("trust.proof.witness"), `${name}, ${at.toISOString()}`]),
    ...(verdict.loggedBy ? [[t("trust.proof.logged"), verdict.loggedBy.toISOString()] as [string, string]] : []),
    ...(verdict.content === undefined ? [] : [[t("trust.proof.content"), printable(verdict.content)] as [string, string]]),
  ];
  terminal.print(
    [
      terminal.say("verify.genuine"),
      t("trust.proof.genuine"),
      ...table(rows),
      ...(verdict.content === undefined ? [t("trust.proof.erased")] : []),
    ].join("\n"),
  );
  return 0;
}

/** A document that was issued here, or is made to look so: its refusal is told in the words of documents. */
const isOurs = (file: Buffer, { signed }: DocumentVerdict): boolean =>
  signed !== undefined || (file.subarray(0, 5).toString("latin1") === "%PDF-" && ATTACHED.every((name) => file.includes(name)));
const ATTACHED = ["(facts.json)", "(statement.txt)"];

/** The anchors that the state on this machine publishes, if there is one. */
function findAnchors(): string | undefined {
  const { dataFolder } = readSettings(placeSettings, process.env);
  const data = path.resolve(dataFolder || path.join(import.meta.dirname, "../../.kerege"));
  const file = path.join(data, "blocks", "trust", "anchors.pem");
  return existsSync(file) ? file : undefined;
}

function read(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}
