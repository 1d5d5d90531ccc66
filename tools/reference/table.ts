import { type MessageFormatElement, parse, TYPE } from "@formatjs/icu-messageformat-parser";

/** Said under the heading of every printed page. */
export const printed = "This page is printed from the code by `tools/reference.ts`. A test compares the two.";

/** A Markdown table, its columns aligned as the formatter of the house does it. */
export function table(head: string[], rows: string[][]): string {
  const cells = [head, ...rows].map((row) => row.map((cell) => cell.replaceAll("|", "\\|").replaceAll(/\s+/g, " ").trim()));
  const widths = head.map((_, column) => Math.max(3, ...cells.map((row) => [...(row[column] ?? "")].length)));
  const line = (row: string[]) =>
    `| ${row.map((cell, column) => cell + " ".repeat(widths[column]! - [...cell].length)).join(" | ")} |`;
  const [first = [], ...rest] = cells;
  return [line(first), line(widths.map((width) => "-".repeat(width))), ...rest.map(line)].join("\n");
}

/** An ICU message as a reader sees it: placeholders by name, of several forms the most general. */
export function plain(message: string): string {
  const text = (elements: MessageFormatElement[], counted = ""): string =>
    elements
      .map((element) => {
        if (element.type === TYPE.literal) return element.value;
        if (element.type === TYPE.pound) return `{${counted}}`;
        if (element.type === TYPE.tag) return text(element.children, counted);
        if (element.type !== TYPE.plural && element.type !== TYPE.select) return `{${element.value}}`;
        const { other } = element.options;
        return other ? text(other.value, element.value) : `{${element.value}}`;
      })
      .join("");
  return text(parse(message, { ignoreTag: true }));
}
