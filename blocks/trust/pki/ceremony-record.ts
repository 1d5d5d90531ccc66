/** The record of a ceremony as people read and sign it by hand. */
import type { CeremonyRecord, Words } from "./ceremony.ts";

/** In groups of four, as it is read aloud. */
const aloud = (fingerprint: string): string => fingerprint.match(/.{1,4}/g)?.join(" ") ?? "";
const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll(/[\r\n]/g, " ");

export function writeRecord(record: CeremonyRecord, words: Words): string {
  const w = (key: string): string => words(`record.${key}`);
  const lines = [
    `# ${words(`acts.${record.act}`)}: ${cell(record.stateName)} (${record.country})`,
    "",
    record.at,
    "",
    `## ${w("present")}`,
    "",
    `| ${w("name")} | ${w("role")} | ${w("by-hand")} |`,
    "| --- | --- | --- |",
    ...record.participants.map(({ name, role }) => `| ${cell(name)} | ${cell(role)} | |`),
    "",
    `## ${w("steps")}`,
    "",
    ...record.steps.map((step, i) => `${i + 1}. ${step}`),
    "",
    `## ${w("fingerprints")}`,
    "",
    ...Object.entries(record.fingerprints).map(
      ([name, fingerprint]) => `- ${words(`authorities.${name}`)}: \`${aloud(fingerprint)}\``,
    ),
    "",
    `## ${w("files")}`,
    "",
    ...Object.entries(record.files).map(([file, hash]) => `- \`${file}\`: \`${hash}\``),
    "",
    ...(record.revoked.length > 0
      ? [`## ${w("revoked")}`, "", ...record.revoked.map(({ serial, at, reason }) => `- \`${serial}\`, ${at}, ${reason}`), ""]
      : []),
    ...(record.before ? [`${w("before")} \`${record.before}\``, ""] : []),
    w("signed"),
    "",
  ];
  return lines.join("\n");
}
