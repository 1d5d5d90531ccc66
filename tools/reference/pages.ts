import type { Tree } from "../walls/tree.ts";
import { commandsPage } from "./commands.ts";
import { conformancePage } from "./conformance.ts";
import { problemsPage } from "./problems.ts";
import { settingsPage } from "./settings.ts";

/** Each printed page by its file, with what prints it. */
export const pages: Record<string, (tree: Tree) => string> = {
  "docs/reference/commands.md": commandsPage,
  "docs/reference/conformance.md": conformancePage,
  "docs/reference/problems.md": problemsPage,
  "docs/reference/settings.md": settingsPage,
};
