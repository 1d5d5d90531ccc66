import { type MessageFormatElement, parse, TYPE } from "@formatjs/icu-messageformat-parser";
import { isMap, isScalar, LineCounter, parseDocument } from "yaml";
import { packagesOf } from "./packages.ts";
import { isProduct, sourceOf } from "./source.ts";
import { lineAt, type Offence, type Tree } from "./tree.ts";

const languages = ["ky", "ru", "kk", "en"] as const;
type Language = (typeof languages)[number];

type Text = { text: string; line: number };
type Locale = Map<string, Text>;

/** Folders of locales: of the kernel, of blocks and of packs. */
function localeFolders(tree: Tree): string[] {
  const named = new RegExp(`^((?:kernel|blocks|packs|apps)/(?:.*/)?locales)/(?:${languages.join("|")})\\.yaml$`);
  return [...new Set(tree.files.flatMap((path) => named.exec(path)?.[1] ?? []))];
}

/** Every text stands in four languages, with the same placeholders and with the plural forms its language needs. */
export function fourLanguages(tree: Tree): Offence[] {
  return localeFolders(tree).flatMap((folder) => {
    const offences: Offence[] = [];
    const locales = new Map<Language, Locale>();
    for (const language of languages) {
      const file = `${folder}/${language}.yaml`;
      if (tree.files.includes(file)) locales.set(language, readLocale(tree, file, offences));
      else
        offences.push({
          file,
          wall: "language",
          reason: `the language ${language} is missing`,
          remedy: "add the file with every key of the others",
        });
    }
    // What a broken file lacks is no news.
    if (offences.some(({ line }) => line !== undefined)) return offences;
    return [...offences, ...compareKeys(folder, locales), ...comparePlaceholders(folder, locales)];
  });
}

function readLocale(tree: Tree, file: string, offences: Offence[]): Locale {
  const counter = new LineCounter();
  const document = parseDocument(tree.read(file) ?? "", { lineCounter: counter });
  for (const error of document.errors.slice(0, 1)) {
    offences.push({
      file,
      line: error.linePos?.[0].line,
      wall: "language",
      reason: error.message.split("\n")[0] ?? "",
      remedy: "mend the YAML",
    });
  }
  const locale: Locale = new Map();
  const walk = (node: unknown, path: string): void => {
    if (isMap(node)) {
      for (const pair of node.items) walk(pair.value, path === "" ? String(pair.key) : `${path}.${String(pair.key)}`);
    } else if (isScalar(node)) {
      const line = counter.linePos(node.range?.[0] ?? 0).line;
      if (typeof node.value === "string" && node.value.trim() !== "") locale.set(path, { text: node.value, line });
      else
        offences.push({
          file,
          line,
          wall: "language",
          reason: `${path} holds no text`,
          remedy: "write the text, in quotes if it looks like a number",
        });
    } else if (node !== null && node !== undefined) {
      offences.push({ file, wall: "language", reason: `${path} is a list`, remedy: "give each text a key of its own" });
    }
  };
  if (document.errors.length === 0) walk(document.contents, "");
  return locale;
}

function compareKeys(folder: string, locales: Map<Language, Locale>): Offence[] {
  const offences: Offence[] = [];
  const all = new Map<string, Language[]>();
  for (const [language, locale] of locales) for (const key of locale.keys()) all.set(key, [...(all.get(key) ?? []), language]);
  for (const [key, present] of all) {
    for (const language of locales.keys()) {
      if (present.includes(language)) continue;
      const remedy = `write it, as in ${present.join(", ")}`;
      offences.push({ file: `${folder}/${language}.yaml`, wall: "language", reason: `the text ${key} is missing`, remedy });
    }
  }
  return offences;
}

function comparePlaceholders(folder: string, locales: Map<Language, Locale>): Offence[] {
  const offences: Offence[] = [];
  const model = new Map<string, string>();
  for (const [language, locale] of locales) {
    for (const [key, { text, line }] of locale) {
      const place = { file: `${folder}/${language}.yaml`, line, wall: "language" };
      let message: MessageFormatElement[];
      try {
        message = parse(text, { ignoreTag: true });
      } catch (error) {
        const reason = `${key} is no ICU message: ${error instanceof Error ? error.message : String(error)}`;
        offences.push({ ...place, reason, remedy: "mend the braces; an apostrophe quotes a brace" });
        continue;
      }
      const shape = [...placeholdersOf(message)].sort().join(", ");
      const expected = model.get(key);
      if (expected === undefined) model.set(key, shape);
      else if (expected !== shape) {
        offences.push({
          ...place,
          reason: `${key} has the placeholders (${shape}), other languages (${expected})`,
          remedy: "use the same names and kinds",
        });
      }
      for (const lacking of missingForms(message, language)) {
        offences.push({ ...place, reason: `${key} lacks the plural form "${lacking}" of ${language}`, remedy: "add the form" });
      }
    }
  }
  return offences;
}

function placeholdersOf(message: MessageFormatElement[], found = new Set<string>()): Set<string> {
  for (const element of message) {
    if (element.type === TYPE.literal || element.type === TYPE.pound) continue;
    if (element.type === TYPE.tag) {
      placeholdersOf(element.children, found);
      continue;
    }
    found.add(element.value);
    if (element.type === TYPE.plural || element.type === TYPE.select) {
      for (const option of Object.values(element.options)) placeholdersOf(option.value, found);
    }
  }
  return found;
}

function missingForms(message: MessageFormatElement[], language: Language): string[] {
  return message.flatMap((element) => {
    if (element.type !== TYPE.plural && element.type !== TYPE.select) return [];
    const inner = Object.values(element.options).flatMap((option) => missingForms(option.value, language));
    if (element.type === TYPE.select) return "other" in element.options ? inner : [...inner, "other"];
    const needed = new Intl.PluralRules(language, { type: element.pluralType ?? "cardinal" }).resolvedOptions().pluralCategories;
    return [...inner, ...needed.filter((form) => !(form in element.options))];
  });
}

const long = 60;

/** Long Kyrgyz and Kazakh texts that equal the Russian one letter by letter were forgotten: worth a look, not an offence. */
export function untranslated(tree: Tree): Offence[] {
  return localeFolders(tree).flatMap((folder) => {
    const locales = new Map(languages.map((language) => [language, readLocale(tree, `${folder}/${language}.yaml`, [])]));
    return (["ky", "kk"] as const).flatMap((language) =>
      [...locales.get(language)!].flatMap(([key, { text, line }]) => {
        if (text.length < long || locales.get("ru")!.get(key)?.text !== text) return [];
        return [
          {
            file: `${folder}/${language}.yaml`,
            line,
            wall: "untranslated",
            reason: `${key} equals the Russian text`,
            remedy: "translate it",
          },
        ];
      }),
    );
  });
}

/** Every problem of a table and every text a page asks for by a literal key has its text. */
export function textsExist(tree: Tree): Offence[] {
  const owners = new Map(
    packagesOf(tree).flatMap((each) =>
      /^(kernel|blocks\/[^/]+)$/.test(each.folder) ? [[each.folder.split("/").at(-1)!, each.folder] as const] : [],
    ),
  );
  const keys = new Map<string, Set<string>>();
  const offences: Offence[] = [];
  for (const [name, folder] of owners) {
    // Compared in one language; that the others have the same keys is the wall above.
    const texts = new Set(readLocale(tree, `${folder}/locales/en.yaml`, []).keys());
    for (const key of [...texts])
      for (let at = key.lastIndexOf("."); at > 0; at = key.lastIndexOf(".", at - 1)) texts.add(key.slice(0, at));
    keys.set(name, texts);
  }
  for (const file of tree.files.filter(isProduct)) {
    const owner = [...owners].find(([, folder]) => file.startsWith(`${folder}/`))?.[0];
    if (owner === undefined && !file.startsWith("apps/")) continue;
    for (const { key, line } of askedTexts(tree, file, owner)) {
      const [name = "", ...rest] = key.split(".");
      if (!keys.has(name) || keys.get(name)!.has(rest.join("."))) continue;
      const remedy = `add ${rest.join(".")} to ${owners.get(name)}/locales in four languages`;
      offences.push({ file, line, wall: "text", reason: `there is no text ${key}`, remedy });
    }
  }
  return offences;
}

function askedTexts(tree: Tree, file: string, owner: string | undefined): { key: string; line: number }[] {
  const source = sourceOf(tree, file);
  const asked: { key: string; line: number }[] = [];
  if (owner !== undefined && /(^|\/)problems?\.ts$/.test(file)) {
    // A table of problems: "not-found": { status: 404 }. Names with a dash are quoted, so they are read from the text itself.
    for (const match of source.text.matchAll(/^\s*(?:"([a-z0-9-]+)"|([a-z0-9]+)):\s*\{\s*status:\s*\d{3}\b/gm)) {
      asked.push({
        key: `${owner}.problems.${match[1] ?? match[2]}`,
        line: lineAt(source.text, match.index + match[0].indexOf(match[1] ?? match[2] ?? "")),
      });
    }
  }
  const at = new Map(source.literals.map((literal) => [literal.start, literal]));
  for (const match of source.code.matchAll(/(?:\bt\(|\btranslate\((?:[\w.]+\s*,)?|\.translate\([^()"]*?,)\s*(?=["`])/g)) {
    const literal = at.get(match.index + match[0].length);
    // Of a key put together at run time the fixed part is checked: `portal.page.$0` → `portal.page`.
    const key = literal?.text.replace(/(^|\.)[^.]*\$0.*$/, "") ?? "";
    if (literal && /^[a-z0-9-]+(\.[\w-]+)+$/.test(key)) asked.push({ key, line: literal.line });
  }
  return asked;
}
