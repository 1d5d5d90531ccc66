/** The record of a ceremony as people read and sign it by hand. */
import type { CeremonyRecord } from "./ceremony.ts";

const ACTS: Record<CeremonyRecord["act"], string> = {
  ceremony: "Key ceremony",
  list: "Revocation list of the root",
  renewal: "Renewal of an authority",
};

/** In groups of four, as it is read aloud. */
const aloud = (fingerprint: string): string => fingerprint.match(/.{1,4}/g)?.join(" ") ?? "";
const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll(/[\r\n]/g, " ");

export function writeRecord(record: CeremonyRecord): string {
  const lines = [
    `# ${ACTS[record.act]}: ${cell(record.stateName)} (${record.country})`,
    "",
    record.at,
    "",
    "## Present",
    "",
    "| name | role | signature by hand |",
    "| --- | --- | --- |",
    ...record.participants.map(({ name, role }) => `| ${cell(name)} | ${cell(role)} | |`),
    "",
    "## Steps",
    "",
    ...record.steps.map((step, i) => `${i + 1}. ${step}`),
    "",
    "## Fingerprints (SHA-256 of the certificate)",
    "",
    ...Object.entries(record.fingerprints).map(([name, fingerprint]) => `- ${name}: \`${aloud(fingerprint)}\``),
    "",
    "## Files (SHA-256)",
    "",
    ...Object.entries(record.files).map(([file, hash]) => `- \`${file}\`: \`${hash}\``),
    "",
    ...(record.revoked.length > 0
      ? ["## Revoked", "", ...record.revoked.map(({ serial, at, reason }) => `- \`${serial}\`, ${at}, ${reason}`), ""]
      : []),
    ...(record.before ? [`The record before this one has the SHA-256 \`${record.before}\`.`, ""] : []),
    "The JSON file beside this page says the same and is signed with the key of the root (file `.sig`, ECDSA with SHA-256, DER).",
    "",
  ];
  return lines.join("\n");
}
