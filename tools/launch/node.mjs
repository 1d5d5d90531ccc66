// Finds a Node 24: the one that runs us, or the one npm brought for this system.
import { accessSync, chmodSync, constants } from "node:fs";
import { join } from "node:path";
import { Stop } from "./words.mjs";

export function findNode(root, version = process.versions.node) {
  if (Number(version.split(".")[0]) >= 24) return process.execPath;
  const node = join(root, "node_modules", `node-${process.platform}-${process.arch}`, "bin", "node");
  try {
    makeExecutable(node);
    return node;
  } catch {
    throw new Stop("no-node", { found: `v${version}` });
  }
}

function makeExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
  } catch {
    chmodSync(file, 0o755);
  }
}
