import { type Literal, literalsOf, withLiteral } from "@kerege/kernel/feel";
import { loadPacks, type PackFile, type Packs } from "@kerege/kernel/pack";
import { type Adjustable, checkDecisions, mayStand, movedFiles, placesIn } from "@kerege/process";
import type { RegisterDeclaration } from "@kerege/registry";
import { type CompiledEdition, compileEdition, type EditionPart } from "./compile.ts";
import type { Edition, Rule } from "./declaration.ts";
import { editionHash, editionOf, ownDecisions, type ServiceFiles, serviceFiles } from "./edition.ts";
import type { SimulationDeclaration } from "./simulation-declared.ts";

/** A service that can be simulated, with all its files. */
export interface Simulated {
  files: ServiceFiles;
  edition: CompiledEdition;
  declared: SimulationDeclaration;
  registers: Map<string, RegisterDeclaration>;
}

/** A fault of an edition that was only tried: which part of it, where, and what is wrong. */
export interface TrialFault {
  part: EditionPart;
  place: string;
  code: string;
  params: Record<string, string | number>;
}

/** The service as it is installed; undefined where the packs have none of the name. */
export function simulatedService(packs: Packs, service: string): Simulated | undefined {
  const files = serviceFiles(packs).services.get(service);
  if (!files) return undefined;
  const registers = new Map(packs.files<RegisterDeclaration>("register").map((file) => [file.value.register, file.value]));
  const declared = packs.files<SimulationDeclaration>("service-simulation").find((file) => file.name === service)?.value ?? {};
  const edition = compiled({ files, registers }, editionOf(files), () => {});
  return { files, edition, declared, registers };
}

/** All of it in plain values, to be given to another thread. */
export interface SimulatedParts {
  files: Record<string, unknown>;
  registers: RegisterDeclaration[];
  declared: SimulationDeclaration;
}

export function partsOf({ files, registers, declared }: Simulated): SimulatedParts {
  return { files: plainFiles(files) as Record<string, unknown>, registers: [...registers.values()], declared };
}

/** Files without what finds a place in them: that is a function, which no other thread can have. */
function plainFiles(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plainFiles);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, part]) => (typeof part === "function" ? [] : [[name, plainFiles(part)] as const])),
  );
}

export function simulatedFrom(parts: SimulatedParts): Simulated {
  const files = parts.files as unknown as ServiceFiles;
  const registers = new Map(parts.registers.map((register) => [register.register, register]));
  const edition = compiled({ files, registers }, editionOf(files), () => {});
  return { files, edition, declared: parts.declared, registers };
}

/** Services of the packs that decide something, in their order. */
export function simulatedNames(packs: Packs): string[] {
  return [...serviceFiles(packs).services.values()].filter(({ outcome }) => outcome).map(({ service }) => service.name);
}

function compiled(
  { files, registers }: Pick<Simulated, "files" | "registers">,
  edition: Edition,
  report: (fault: TrialFault) => void,
): CompiledEdition {
  return compileEdition({
    edition,
    pack: files.service.pack,
    hash: editionHash(files),
    registers,
    report: (part, place, code, params = {}) => report({ part, place: place.join("."), code, params }),
  });
}

type WrittenPart = Exclude<EditionPart, "decisions">;
const partFiles: Record<WrittenPart, string> = {
  service: "service",
  facts: "service-facts",
  form: "service-form",
  rules: "service-rules",
  outcome: "service-outcome",
};

/**
 * The edition of a folder: files of the names of a service's folder stand in the place of the installed ones, the others stay. What is
 * wrong in them is given with it; the edition is then not to be run.
 * @param kinds kinds of the files of a service, for their schemas
 */
export function editionFrom(
  simulated: Simulated,
  folder: string,
  kinds: { kind: string; schema?: URL }[],
): {
  edition: CompiledEdition;
  changed: EditionPart[];
  faults: (TrialFault | { file: string; line: number; code: string; params: Record<string, string | number> })[];
} {
  const parts = Object.keys(partFiles) as WrittenPart[];
  const own = parts.map((part) => {
    const schema = kinds.find(({ kind }) => kind === partFiles[part])?.schema;
    return { kind: partFiles[part], pattern: new RegExp(`^(${part})\\.yaml$`), ...(schema && { schema }) };
  });
  const tables = { kind: "decisions", pattern: /^([a-z][a-z0-9-]*)\.dmn$/ };
  const found = loadPacks({ root: folder, folders: [folder], kinds: [...own, tables] });
  const faults: ReturnType<typeof editionFrom>["faults"] = found.faults.filter(
    ({ code }) => code !== "kernel.faults.no-manifest" && code !== "kernel.faults.unknown-file",
  );
  const edition: Record<string, unknown> = { ...editionOf(simulated.files) };
  const changed: EditionPart[] = [];
  for (const part of parts) {
    const file: PackFile | undefined = found.files(partFiles[part])[0];
    if (!file) continue;
    edition[part] = file.value;
    if (file.text !== simulated.files[part]?.text) changed.push(part);
  }
  const before = ownDecisions(simulated.files);
  const decisions = { ...before, ...ownDecisions({ decisions: found.files<string>("decisions") }) };
  if (Object.entries(decisions).some(([name, text]) => before[name] !== text)) changed.push("decisions");
  for (const [file, text] of Object.entries(decisions)) {
    if (before[file] === text) continue;
    const imports = Object.entries(decisions).flatMap(([name, other]) => (name === file ? [] : [other]));
    for (const { line, code, params } of checkDecisions(text, { norms: "required", imports }))
      faults.push({ file, line, code, params: { ...params } });
  }
  const tried = { ...(edition as unknown as Edition), decisions };
  return { edition: compiled(simulated, tried, (fault) => faults.push(fault)), changed, faults };
}

type Half = "when" | "holds";
interface Adjusted extends Adjustable {
  rule: string;
  half: Half;
  literal: Literal;
}

/** Numbers, days and spans of time in the rules and tables: what a ministry may move. Their names stay while the rule or file does. */
export function adjustables(simulated: Simulated): Adjustable[] {
  return [...adjustedRules(simulated), ...placesIn(ownDecisions(simulated.files))];
}

function adjustedRules({ edition }: Simulated): Adjusted[] {
  return edition.rules.flatMap(({ declaration }) =>
    (["when", "holds"] as const).flatMap((half) =>
      literalsOf(declaration[half] ?? "", edition.shapes).map((literal, index) => ({
        name: `${declaration.rule}.${half}.${index + 1}`,
        kind: literal.kind,
        value: literal.text,
        of: declaration.rule,
        text: declaration[half]!,
        rule: declaration.rule,
        half,
        literal,
      })),
    ),
  );
}

/** The edition with other values in the place of adjustable ones, by their names. */
export function movedEdition(
  simulated: Simulated,
  moves: Readonly<Record<string, string>>,
): { edition: CompiledEdition; faults: TrialFault[] } {
  const all = adjustedRules(simulated);
  const places = placesIn(ownDecisions(simulated.files));
  const faults: TrialFault[] = [];
  const declared = editionOf(simulated.files);
  const rules = declared.rules.rules.map((rule): Rule => {
    const changed: Rule = { ...rule };
    // From the last to the first, so that places before a change stay where they are.
    for (const { name, kind, half, literal } of all.filter((one) => one.rule === rule.rule).reverse()) {
      const value = moves[name];
      if (value === undefined) continue;
      if (mayStand(kind, value)) changed[half] = withLiteral(changed[half]!, literal, value.trim());
      else faults.push({ part: "rules", place: name, code: "not-a-value", params: { name, value: value.slice(0, 40) } });
    }
    return changed;
  });
  for (const name of Object.keys(moves)) {
    if (!all.some((one) => one.name === name) && !places.some((one) => one.name === name))
      faults.push({ part: "rules", place: name, code: "no-such-place", params: { name } });
  }
  const inTables = Object.fromEntries(Object.entries(moves).filter(([name]) => places.some((one) => one.name === name)));
  const moved = movedFiles(declared.decisions, inTables);
  for (const name of moved.faults)
    faults.push({ part: "decisions", place: name, code: "not-a-value", params: { name, value: moves[name]!.slice(0, 40) } });
  const tried = { ...declared, rules: { ...declared.rules, rules }, decisions: moved.files };
  const edition = compiled(simulated, tried, (fault) => faults.push(fault));
  return { edition, faults };
}
