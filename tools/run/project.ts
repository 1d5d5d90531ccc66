import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import type { Tree } from "../walls/tree.ts";

/** The folder of the project. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Whether the runner runs a file as a test: `…/test/….test.ts(x)`, and tests of journeys/, conformance/ and bench/. */
export function isTestFile(path: string): boolean {
  return /(^|\/)test\/.*\.test\.tsx?$/.test(path) || /^(journeys|conformance|bench)\/.*\.test\.tsx?$/.test(path);
}

/** The test files of a tree whose path contains one of the patterns; all of them without patterns. */
export function testFiles(tree: Tree, patterns: string[] = []): string[] {
  return tree.files.filter(
    (path) => isTestFile(path) && (patterns.length === 0 || patterns.some((pattern) => path.includes(pattern))),
  );
}
