/** What `kerege verify` says of signed files of others, and of evidence against the log. Nothing is asked of a server. */
import type { Translate } from "@kerege/kernel/locale";
import { provesSplit, type SignatureReport, type ValidationReport } from "@kerege/trust";
import type { Terminal } from "./terminal.ts";

/** 0 when good, 1 when not, 2 when the signed document itself is missing. */
export function saySigned(report: ValidationReport, t: Translate, terminal: Terminal): number {
  const passed = report.indication === "TOTAL-PASSED";
  const several = report.signatures.length > 1;
  const lines = [
    terminal.say(passed ? "verify.genuine" : "verify.not-genuine"),
    t(`trust.signing.indications.${report.indication}`),
    t(`trust.signing.reasons.${report.reason}`),
    ...(report.next === "nothing" ? [] : [t(`trust.signing.next.${report.next}`)]),
    t(`trust.signing.formats.${report.format}`),
    ...report.signatures.flatMap((one, index) => [
      ...(several ? ["", `${index + 1}. ${t(`trust.signing.indications.${one.indication}`)}`] : []),
      ...(several ? [t(`trust.signing.reasons.${one.reason}`)] : []),
      ...table(rowsOf(one, t)),
    ]),
    ...(passed ? [] : [`(${[report.indication, report.subindication, report.reason].filter(Boolean).join(": ")})`]),
  ];
  terminal.print(lines.join("\n"));
  if (passed) return 0;
  return report.reason === "content-missing" ? 2 : 1;
}

function rowsOf(one: SignatureReport, t: Translate): [string, string][] {
  const rows: [string, string][] = [];
  const add = (name: string, value: string | undefined) => {
    if (value) rows.push([t(`trust.signing.fields.${name}`), printable(value)]);
  };
  const { signer, claimedAt, covers } = one;
  add("signer", signer && `${signer.name} (${t(`trust.signing.signers.${signer.kind}`)})`);
  add("body", signer?.kind === "body" ? undefined : signer?.body);
  add("title", signer?.title);
  add("time", `${claimedAt ? `${claimedAt.toISOString()}. ` : ""}${t(`trust.signing.time.${one.timeSource}`)}`);
  add("proven", one.provenAt?.toISOString());
  add("level", `${one.level}. ${t(`trust.signing.levels.${levelOf(one.level)}`)}`);
  add(
    "covers",
    [t(`trust.signing.covers.${covers.scope}`), ...(covers.scope === "parts" ? [namesOf(covers.parts)] : [])].join(" "),
  );
  add("reason", one.statedReason);
  add("status", one.status?.knownAt.toISOString());
  add("until", one.until?.toISOString().slice(0, 10));
  add("serial", signer?.serial);
  add("fingerprint", signer?.fingerprint);
  return rows;
}

const namesOf = (parts: SignatureReport["covers"]["parts"]): string => parts.map(({ name }) => name).join(", ");

/** `PAdES-B-LTA` has the words of `LTA`. */
const levelOf = (level: string): string => ["LTA", "LT", "T"].find((one) => level.endsWith(`-${one}`)) ?? "B";

export function table(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(0, ...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`);
}

/** What a file says may be anything: nothing of it may steer the terminal. */
export function printable(content: string): string {
  return content.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, " ").slice(0, 4000);
}

/** A file that `kerege monitor` wrote when the log told two stories. */
export const isSplitFile = (file: Buffer): boolean =>
  file.length <= 1_000_000 && /^\s*\{\s*"kerege"\s*:\s*"split-view\//.test(file.toString("utf8", 0, 200));

/** Whose log it is, the reader sees by the key. 0 when it proves by itself that the log told two stories, 1 when it does not. */
export function saySplit(file: Buffer, terminal: Terminal): number {
  const text = file.toString("utf8");
  const proves = provesSplit(text);
  terminal.print(
    proves
      ? [terminal.say("verify.split"), `  ${printable(JSON.parse(text).log)}`, terminal.say("verify.split-next")].join("\n")
      : [terminal.say("verify.not-genuine"), terminal.say("verify.no-split")].join("\n"),
  );
  return proves ? 0 : 1;
}
