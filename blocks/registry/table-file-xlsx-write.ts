import type { Value } from "./declaration.ts";
import { writeZip, type ZipPart } from "./table-file-zip.ts";

/** A sheet of Excel has 1 048 576 rows; what is more goes on in the next one. */
const ROWS = 1_000_000;
const CHUNK = 200;
const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships";
const OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const TYPES = "http://schemas.openxmlformats.org/package/2006/content-types";
const SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml";

/**
 * A workbook (ECMA-376, Office Open XML) as it is made. Every text is a text and never a formula, whatever it begins with; a number of
 * more digits than Excel keeps is a text too.
 */
export function writeXlsx(columns: string[], rows: AsyncIterable<Value[]>): AsyncGenerator<Buffer> {
  return writeZip(parts(columns, rows));
}

async function* parts(columns: string[], rows: AsyncIterable<Value[]>): AsyncGenerator<ZipPart> {
  const letters = columns.map((_, index) => lettersOf(index));
  const source = rows[Symbol.asyncIterator]();
  let sheets = 0;
  try {
    for (let next = await source.next(); sheets === 0 || !next.done; ) {
      sheets++;
      const sheet = async function* () {
        yield `${HEAD}<worksheet xmlns="${MAIN}"><sheetData>${rowXml(1, columns, letters)}`;
        let xml = "";
        for (let count = 1; !next.done && count < ROWS; count++, next = await source.next()) {
          xml += rowXml(count + 1, next.value, letters);
          if (count % CHUNK !== 0) continue;
          yield xml;
          xml = "";
        }
        yield `${xml}</sheetData></worksheet>`;
      };
      yield { name: `xl/worksheets/sheet${sheets}.xml`, content: sheet() };
    }
  } finally {
    await source.return?.();
  }
  const numbers = Array.from({ length: sheets }, (_, index) => index + 1);
  const override = (part: string, type: string) => `<Override PartName="/${part}" ContentType="${SHEET}.${type}+xml"/>`;
  const relation = (id: number, kind: string, target: string) =>
    `<Relationship Id="rId${id}" Type="${OFFICE}/${kind}" Target="${target}"/>`;
  const write = (name: string, xml: string): ZipPart => ({ name, content: [HEAD + xml] });
  yield write(
    "xl/workbook.xml",
    `<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets>${numbers.map((one) => `<sheet name="${one}" sheetId="${one}" r:id="rId${one}"/>`).join("")}</sheets></workbook>`,
  );
  yield write(
    "xl/_rels/workbook.xml.rels",
    `<Relationships xmlns="${RELATIONS}">${numbers.map((one) => relation(one, "worksheet", `worksheets/sheet${one}.xml`)).join("")}</Relationships>`,
  );
  yield write(
    "_rels/.rels",
    `<Relationships xmlns="${RELATIONS}">${relation(1, "officeDocument", "xl/workbook.xml")}</Relationships>`,
  );
  yield write(
    "[Content_Types].xml",
    `<Types xmlns="${TYPES}"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>${override("xl/workbook.xml", "sheet.main")}${numbers.map((one) => override(`xl/worksheets/sheet${one}.xml`, "worksheet")).join("")}</Types>`,
  );
}

/** `A` for 0, `AA` for 26. */
function lettersOf(index: number): string {
  const rest = Math.floor(index / 26);
  return (rest === 0 ? "" : lettersOf(rest - 1)) + String.fromCharCode(65 + (index % 26));
}

function rowXml(row: number, cells: Value[], letters: string[]): string {
  return `<row r="${row}">${cells.map((cell, index) => cellXml(`${letters[index]}${row}`, cell)).join("")}</row>`;
}

function cellXml(place: string, value: Value): string {
  if (value === null) return "";
  if (typeof value === "boolean") return `<c r="${place}" t="b"><v>${value ? 1 : 0}</v></c>`;
  if (typeof value === "number" && Math.abs(value) < 1e15) return `<c r="${place}"><v>${value}</v></c>`;
  return `<c r="${place}" t="inlineStr"><is><t xml:space="preserve">${escapeXml(String(value))}</t></is></c>`;
}

const ESCAPES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
// biome-ignore lint/suspicious/noControlCharactersInRegex: signs that XML 1.0 (2.2) cannot hold at all.
const UNWRITABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

function escapeXml(text: string): string {
  return text.replace(UNWRITABLE, "").replace(/[&<>"]/g, (sign) => ESCAPES[sign]!);
}
