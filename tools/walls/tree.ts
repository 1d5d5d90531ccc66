import { execFileSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** The files a wall looks at: paths from the root of the project with `/`, and their text on demand. */
export type Tree = {
  /** Sorted. */
  files: string[];
  /** Text of a file of `files`; undefined for one that is not there or is not text. */
  read(path: string): string | undefined;
};

/** One place where a wall is broken. */
export type Offence = {
  file: string;
  /** From 1; left out where the offence is about the file as a whole. */
  line?: number;
  /** Name of the wall, as in the list of walls. */
  wall: string;
  reason: string;
  remedy: string;
};

/** A wall looks at a tree and returns every offence; it reads nothing else and writes nothing. */
export type Wall = (tree: Tree) => Offence[];

/** A tree in memory: path to text. */
export function memoryTree(texts: Record<string, string>): Tree {
  return { files: Object.keys(texts).sort(), read: (path) => texts[path] };
}

/** The project in a folder: what git tracks and what it would track. */
export function projectTree(root: string): Tree {
  const listed = execFileSync("git", ["ls-files", "-co", "--exclude-standard", "-z"], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 64e6,
  });
  // A file that git still lists but that is deleted on disk is on its way out.
  const files = [...new Set(listed.split("\0"))].filter((path) => path !== "" && isFile(join(root, path))).sort();
  const known = new Set(files);
  const texts = new Map<string, string | undefined>();
  return {
    files,
    read(path) {
      if (!texts.has(path)) texts.set(path, known.has(path) ? readText(join(root, path)) : undefined);
      return texts.get(path);
    },
  };
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

function readText(path: string): string | undefined {
  const bytes = readFileSync(path);
  return bytes.subarray(0, 8000).includes(0) ? undefined : bytes.toString("utf8");
}

/** The line, from 1, on which a place of a text lies. */
export function lineAt(text: string, position: number): number {
  let line = 1;
  for (let at = text.indexOf("\n"); at !== -1 && at < position; at = text.indexOf("\n", at + 1)) line += 1;
  return line;
}

/** An offence as one line of text. */
export function describeOffence(offence: Offence): string {
  const place = offence.line === undefined ? offence.file : `${offence.file}:${offence.line}`;
  return `${place}: ${offence.reason} [${offence.wall}] — ${offence.remedy}`;
}
