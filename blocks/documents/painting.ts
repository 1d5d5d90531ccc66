/**
 * What may be painted on a page of ours. The signature vouches for the bytes; this vouches that the bytes are lines of text, thin
 * rules and the code in its place, so that no picture covers or repeats them.
 */

const NUMBER = "-?\\d+(?:\\.\\d{1,5})?";
const TEXT_LINE = new RegExp(`^BT ${NUMBER} g /F[12] ${NUMBER} Tf ${NUMBER} ${NUMBER} Td <(?:[0-9a-f]{4})*> Tj ET$`);
const RULE_LINE = new RegExp(`^${NUMBER} g ${NUMBER} ${NUMBER} ${NUMBER} (${NUMBER}) re f$`);
const CODE_LINE = new RegExp(`^q 0 g (${NUMBER}) 0 0 (${NUMBER}) (${NUMBER}) (${NUMBER}) cm /Qr Do Q$`);
const BEGIN_LINE = /^(?:\/[A-Z][A-Za-z0-9]*<<\/MCID \d+>>BDC|\/Artifact BMC)$/;
const MAX_RULE = 2;
/** The code is between 3 and 6 cm wide, and near the left edge: nothing else can pass for it. */
const CODE_SIDE = { min: 85, max: 170 };

/** True when the page has nothing but what the writer paints, and the code once. `modules` is the code's side. */
export function isOurPainting(content: Buffer, modules: number): boolean {
  const lines = content.toString("latin1").split("\n");
  if (lines.pop() !== "") return false;
  let codes = 0;
  let open = false;
  for (const line of lines) {
    if (line === "EMC") {
      if (!open) return false;
      open = false;
      continue;
    }
    if (BEGIN_LINE.test(line)) {
      if (open) return false;
      open = true;
      continue;
    }
    if (!open) return false;
    const code = CODE_LINE.exec(line);
    if (code) {
      const [width, height, x, y] = code.slice(1).map(Number) as [number, number, number, number];
      const side = width * modules;
      if (width !== height || side < CODE_SIDE.min || side > CODE_SIDE.max || x < 0 || y < 0 || x > 120 || y > 120) return false;
      codes++;
      continue;
    }
    const rule = RULE_LINE.exec(line);
    if (rule ? Number(rule[1]) > MAX_RULE || Number(rule[1]) < 0 : !TEXT_LINE.test(line)) return false;
  }
  return codes === 1 && !open;
}
