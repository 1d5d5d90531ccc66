import { blocksOf, declaredOn, type Package, packageName, packagesOf, usesOf } from "./packages.ts";
import { sourceOf } from "./source.ts";
import { lineAt, type Offence, type Tree } from "./tree.ts";

const houseFile = "apps/server/house.ts";

/** No package reaches itself through others. The declared dependencies are the architecture, so they are what is walked. */
export function dependencyCycles(tree: Tree): Offence[] {
  const own = new Map(packagesOf(tree).map((each) => [each.name, each]));
  const offences: Offence[] = [];
  const done = new Set<string>();
  const walk = (each: Package, path: string[]): void => {
    const met = path.indexOf(each.name);
    if (met !== -1) {
      const circle = [...path.slice(met), each.name];
      const last = own.get(circle.at(-2)!)!;
      offences.push({
        file: last.manifest,
        line: declaredOn(tree, last.manifest, each.name),
        wall: "cycle",
        reason: `a circle of dependencies: ${circle.join(" → ")}`,
        remedy: "call downwards, tell upwards by an event",
      });
      return;
    }
    if (done.has(each.name)) return;
    for (const name of neighbours(each, own)) walk(own.get(name)!, [...path, each.name]);
    done.add(each.name);
  };
  for (const each of [...own.values()].sort((a, b) => a.folder.localeCompare(b.folder))) walk(each, []);
  return offences;
}

function neighbours(each: Package, own: Map<string, Package>): string[] {
  return [...each.dependencies, ...each.optionalDependencies].filter((name) => own.has(name));
}

/** The kernel stands on nothing of ours, blocks on the kernel and on blocks above them in the house, nothing on an app. */
export function floorOrder(tree: Tree): Offence[] {
  const packages = packagesOf(tree);
  const own = new Map(packages.map((each) => [each.name, each]));
  const order = houseOrder(tree);
  const offences = order ? unhousedBlocks(tree, order) : [];
  for (const each of packages) {
    const floor = each.folder.split("/")[0] ?? "";
    for (const name of neighbours(each, own)) {
      const reason = forbidden({ each, floor, target: own.get(name)!, order });
      if (!reason) continue;
      const remedy =
        "ask a lower block by calling it, tell an upper one by an event; if the order itself is wrong, change apps/server/house.ts";
      offences.push({ file: each.manifest, line: declaredOn(tree, each.manifest, name), wall: "floor", reason, remedy });
    }
  }
  return offences;
}

type Step = { each: Package; floor: string; target: Package; order: Map<string, number> | undefined };

function forbidden({ each, floor, target, order }: Step): string | undefined {
  const targetFloor = target.folder.split("/")[0] ?? "";
  if (floor === "kernel") return `the kernel stands on ${target.name}`;
  if (floor === "blocks" && targetFloor !== "kernel" && targetFloor !== "blocks")
    return `${each.name} stands on ${target.name}, which is no block`;
  if (floor === "apps" && /^(tools|journeys|conformance|bench)$/.test(targetFloor))
    return `${each.name} stands on the workshop ${target.name}`;
  const [mine, its] = [order?.get(each.folder), order?.get(target.folder)];
  if (mine !== undefined && its !== undefined && its >= mine)
    return `${each.name} stands on ${target.name}, which comes after it in the house`;
  return undefined;
}

/** Folder of each block to its line in `house.ts`; undefined as long as there is no house. */
export function houseOrder(tree: Tree): Map<string, number> | undefined {
  if (!tree.files.includes(houseFile)) return undefined;
  const source = sourceOf(tree, houseFile);
  const bound = new Map<string, string>();
  for (const use of usesOf(tree).filter((one) => one.file === houseFile)) {
    const target = packagesOf(tree).find((each) => each.name === packageName(use.specifier) && each.folder.startsWith("blocks/"));
    const statement = source.text.split("\n")[use.line - 1] ?? "";
    const name = /import\s+(?:\{\s*default as\s+)?(\w+)/.exec(statement)?.[1] ?? /\{\s*(\w+)/.exec(statement)?.[1];
    if (target && name) bound.set(name, target.folder);
  }
  const body = source.code.replaceAll(/^import\b.*$/gm, (line) => " ".repeat(line.length));
  const order = new Map<string, number>();
  for (const match of body.matchAll(/\b[A-Za-z_$][\w$]*\b/g)) {
    const folder = bound.get(match[0]);
    if (folder && !order.has(folder)) order.set(folder, lineAt(source.text, match.index));
  }
  // Several blocks on one line would compare as equal: the place in the list decides, not the line.
  return new Map([...order.keys()].map((folder, index) => [folder, index]));
}

function unhousedBlocks(tree: Tree, order: Map<string, number>): Offence[] {
  return blocksOf(tree)
    .filter((name) => tree.files.includes(`blocks/${name}/block.ts`) && !order.has(`blocks/${name}`))
    .map((name) => ({
      file: houseFile,
      wall: "floor",
      reason: `the block ${name} is not in the house`,
      remedy: "add its line to the list, below the blocks it needs",
    }));
}
