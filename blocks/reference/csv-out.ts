import { languages } from "@kerege/kernel/locale";
import type { Item } from "./declaration.ts";

/** Items as CSV (RFC 4180, UTF-8, CRLF), one header row; `properties` are columns of their own. */
export function writeCsv(items: Item[], properties: string[]): string {
  const plain = ["code", "parent", "level", "from", "until", "lat", "lon", "weight"] as const;
  const head = [...plain.slice(0, 3), ...languages.map((language) => `name_${language}`), ...plain.slice(3), ...properties];
  const rows = items.map((item) => [
    ...plain.slice(0, 3).map((key) => item[key]),
    ...languages.map((language) => (item.borrowed?.includes(language) ? "" : item.name[language])),
    ...plain.slice(3).map((key) => item[key]),
    ...properties.map((name) => item.properties?.[name]),
  ]);
  return `${[head, ...rows].map((cells) => cells.map(cell).join(",")).join("\r\n")}\r\n`;
}

function cell(value: string | number | undefined): string {
  const text = String(value ?? "");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
