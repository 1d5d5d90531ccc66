import { type Literal, literalsOf, withLiteral } from "@kerege/kernel/feel";
import { type Adjustable, mayStand } from "./adjust.ts";

/** Texts a process is made of, by name; see `reading/files.ts`. */
type Files = Readonly<Record<string, string>>;

interface Place extends Adjustable {
  readonly file: string;
  /** Which text of the file, and where in it. */
  readonly at: number;
  readonly literal: Pick<Literal, "from" | "to">;
}

interface Text {
  from: number;
  to: number;
  /** As FEEL has it, without the escapes of XML. */
  text: string;
  as: "expression" | "tests" | "span";
  of: string;
}

// Cells and results of tables, expressions of decisions (DMN), conditions of flows and spans of timers (BPMN).
const DMN_TEXT =
  /<(?:[\w-]+:)?(inputEntry|outputEntry|defaultOutputEntry|literalExpression)\b[^>]*>\s*<(?:[\w-]+:)?text>([^<]*)<\/|<(?:[\w-]+:)?decision\s[^>]*?\bname="([^"]*)"/g;
const BPMN_TEXT =
  /<(?:[\w-]+:)?(conditionExpression|condition|timeDuration)\b[^>]*>([^<]*)<\/|<(?:[\w-]+:)?[\w]+\s[^>]*?\bname="([^"]*)"/g;
const ESCAPES: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };
const SPAN = /^\s*P[0-9YMDTHS.]+\s*$/;

function textsOf(name: string, xml: string): Text[] {
  const texts: Text[] = [];
  let of = "";
  for (const found of xml.matchAll(name.endsWith(".dmn") ? DMN_TEXT : BPMN_TEXT)) {
    const [all, kind, text, named] = found;
    if (named !== undefined) of = plain(named);
    if (kind === undefined || text === undefined) continue;
    const from = found.index + all.length - "</".length - text.length;
    const as = kind === "inputEntry" ? "tests" : kind === "timeDuration" && SPAN.test(text) ? "span" : "expression";
    texts.push({ from, to: from + text.length, text: plain(text), as, of });
  }
  return texts;
}

function plain(text: string): string {
  return text.replaceAll(/&(lt|gt|quot|apos|amp);/g, (_, name: string) => ESCAPES[name]!);
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function literalsIn({ text, as }: Text): Literal[] {
  if (as !== "span") return literalsOf(text, {}, as);
  const value = text.trim();
  const from = text.indexOf(value);
  return [{ from, to: from + value.length, kind: "duration", text: value }];
}

/** Numbers, days and spans in the tables, conditions and timers of a process, in the order of its files. */
export function placesIn(files: Files): Place[] {
  return Object.entries(files).flatMap(([file, xml]) =>
    textsOf(file, xml).flatMap((text, at) =>
      literalsIn(text).map((literal, index) => ({
        name: `${file.replace(/\.\w+$/, "")}.${at + 1}.${index + 1}`,
        kind: literal.kind,
        value: literal.text,
        of: text.of,
        text: text.text.trim(),
        file,
        at,
        literal,
      })),
    ),
  );
}

/** The texts with other values in some places; `faults` names places that are not there, or cannot hold what was given. */
export function movedFiles(files: Files, moves: Readonly<Record<string, string>>): { files: Files; faults: string[] } {
  const places = placesIn(files);
  const faults = Object.keys(moves).filter((name) => !places.some((place) => place.name === name));
  const moved = Object.entries(files).map(([file, xml]) => {
    let made = xml;
    // From the last text to the first, and within one from the last literal, so that places before a change stay where they are.
    const texts = textsOf(file, xml);
    for (let at = texts.length - 1; at >= 0; at--) {
      const { from, to, text } = texts[at]!;
      let changed = text;
      for (const { name, kind, literal } of places.filter((place) => place.file === file && place.at === at).reverse()) {
        const value = moves[name];
        if (value === undefined) continue;
        if (mayStand(kind, value)) changed = withLiteral(changed, literal, value.trim());
        else faults.push(name);
      }
      if (changed !== text) made = made.slice(0, from) + escaped(changed) + made.slice(to);
    }
    return [file, made] as const;
  });
  return { files: Object.fromEntries(moved), faults };
}
