import { createHash } from "node:crypto";
import { formatDate } from "@kerege/kernel/format";
import type { Language, Translate } from "@kerege/kernel/locale";
import type { Publication } from "./door.ts";

export interface Feed {
  country: string;
  name: string;
  title: string;
  owner: string;
  language: Language;
  t: Translate;
  /** The newest first. */
  publications: Publication[];
}

/** A feed of what changed in a list (Atom, RFC 4287). */
export function writeFeed(feed: Feed): string {
  const { country, name, title, owner, language, t, publications } = feed;
  const page = `/${language}/reference/${name}`;
  const entries = publications.map((one) => {
    const heading = t(`reference.feed.${one.kind}`, { day: formatDate(language, one.edition) });
    const counts = new Map<string, number>();
    for (const { kind } of one.changes) counts.set(kind, (counts.get(kind) ?? 0) + 1);
    const told = [...counts].map(([kind, count]) => `${t(`reference.change.${kind}`)}: ${count}`).join("; ");
    return `  <entry>
    <id>${identifier([country, name, String(one.number)])}</id>
    <title>${xmlText(`${title}: ${heading}`)}</title>
    <updated>${one.at.toISOString()}</updated>
    <link href="${xmlText(`${page}?edition=${one.edition}`)}"/>
    <summary>${xmlText(told === "" ? heading : told)}</summary>
  </entry>`;
  });
  const updated = (publications[0]?.at ?? new Date(0)).toISOString();
  return `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="${language}">
  <id>${identifier([country, name])}</id>
  <title>${xmlText(title)}</title>
  <author><name>${xmlText(owner)}</name></author>
  <updated>${updated}</updated>
  <link rel="self" href="${xmlText(`/reference/${name}/feed.atom?language=${language}`)}"/>
  <link href="${xmlText(page)}"/>
${entries.join("\n")}
</feed>
`;
}

/** The same name for ever wherever it is served from: a UUID of version 8 over what it names (RFC 9562, 5.8). */
function identifier(parts: string[]): string {
  const bytes = createHash("sha256")
    .update(["reference", ...parts].join("\n"))
    .digest()
    .subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString("hex");
  return `urn:uuid:${[hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-")}`;
}

const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

function xmlText(text: string): string {
  return text.replace(/[&<>"]/g, (letter) => entities[letter]!);
}
