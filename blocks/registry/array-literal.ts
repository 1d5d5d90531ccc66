// `null` without quotes would be no value.
const plain = /^(?!null$)[0-9a-z][0-9a-z_:-]*$/i;

/** Texts as the literal of a PostgreSQL array (manual, 8.15.2). The driver's own way costs several times as much per value. */
export function arrayLiteral(list: readonly (string | null | undefined)[]): string {
  let text = "{";
  for (let index = 0; index < list.length; index++) {
    const value = list[index];
    if (index > 0) text += ",";
    if (value === null || value === undefined) text += "NULL";
    else text += plain.test(value) ? value : `"${value.replace(/["\\]/g, "\\$&")}"`;
  }
  return `${text}}`;
}
