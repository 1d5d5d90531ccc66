import type { Declared } from "@kerege/kernel/house";
import type { Language } from "@kerege/kernel/locale";

/** All faults of the declarations as text: place, what is wrong, how to mend it; sorted by place. */
export function faultLines(declared: Declared, language: Language): string {
  const { texts, faults } = declared;
  const lines = [...faults]
    .sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line || a.column - b.column))
    .map(({ file, line, column, code, params }) => {
      const remedy = texts.translate(language, `${code}.remedy`, params);
      return `${file}:${line}:${column}  ${texts.translate(language, `${code}.message`, params)}${remedy ? `\n    ${remedy}` : ""}`;
    });
  const count = declared.packs.list.length;
  const last =
    faults.length === 0
      ? texts.translate(language, "kernel.check.good", { packs: count })
      : texts.translate(language, "kernel.check.found", { count: faults.length });
  return [...lines, last].join("\n");
}
