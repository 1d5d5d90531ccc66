import { readFileSync } from "node:fs";

export type Look = "light" | "dark" | "device-dark" | "high-contrast";

const source = readFileSync(new URL("../style/page.css", import.meta.url), "utf8");
const start: Record<Exclude<Look, "light">, string> = {
  dark: 'html[data-theme="dark"] {',
  "device-dark": 'html[data-theme="auto"] {',
  "high-contrast": 'html[data-contrast="high"] {',
};

/** The colours of a look as the style sheet gives them: those of the light page, with the look's own over them. */
export function tokensOf(look: Look): Map<string, string> {
  const tokens = new Map<string, string>();
  for (const selector of look === "light" ? [":root {"] : [":root {", start[look]]) {
    const from = source.indexOf(selector);
    if (from < 0) throw new RangeError(`the style sheet has no ${selector}`);
    for (const [, name, value] of source.slice(from, source.indexOf("}", from)).matchAll(/--([a-z-]+):\s*(#[0-9a-f]{3,6})\b/gi))
      tokens.set(name!, value!);
  }
  return tokens;
}

/** Ratio of contrast of two colours, from 1 to 21 (WCAG 2.2, "contrast ratio"). */
export function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light! + 0.05) / (dark! + 0.05);
}

function luminance(colour: string): number {
  const digits = colour.length === 4 ? [...colour.slice(1)].map((digit) => digit + digit) : colour.slice(1).match(/../g)!;
  const [red, green, blue] = digits.map((pair) => {
    const part = Number.parseInt(pair, 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}
