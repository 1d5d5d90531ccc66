import type { Offence, Tree } from "./tree.ts";

const refused = new Set(
  "data info item items helper helpers util utils common shared manager handler handlers base impl v2 new lib dist src legacy temp".split(
    " ",
  ),
);

// Words of construction say nothing in a pair either (store-helper); the others may be part of a noun (open-data, new-passport).
const refusedInPairs = new Set("helper helpers util utils manager handler handlers impl v2 legacy temp".split(" "));

const ownTrees = /^(kernel|blocks|apps|journeys|conformance|bench|tools|packs|countries|docs)\//;

/** Folders and files carry names that say what they hold; sources are kebab-case. */
export function refusedNames(tree: Tree): Offence[] {
  const offences: Offence[] = [];
  const seen = new Set<string>();
  for (const file of tree.files.filter((path) => ownTrees.test(path))) {
    const parts = file.split("/");
    for (const [index, part] of parts.entries()) {
      const path = parts.slice(0, index + 1).join("/");
      if (seen.has(path)) continue;
      seen.add(path);
      const stem = index === parts.length - 1 ? part.replace(/(\.test|\.soak)?\.[^.]+$/, "") : part;
      const word = refusedWord(stem.toLowerCase());
      if (word) {
        offences.push({
          file: path,
          wall: "name",
          reason: `"${word}" says nothing about what is inside`,
          remedy: "name the thing by its noun, as people at the desk call it",
        });
      } else if (
        /\.(ts|tsx)$/.test(part) &&
        index === parts.length - 1 &&
        !/^[a-z0-9]+(-[a-z0-9]+)*(\.test|\.soak|\.d)?\.tsx?$/.test(part)
      ) {
        offences.push({
          file: path,
          wall: "name",
          reason: `${part} is not kebab-case`,
          remedy: "small letters, digits and dashes",
        });
      }
    }
  }
  return offences;
}

function refusedWord(stem: string): string | undefined {
  return refused.has(stem) ? stem : stem.split(/[-_.]/).find((part) => refusedInPairs.has(part));
}
