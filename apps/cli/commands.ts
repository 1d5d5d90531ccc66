import type { Run } from "./terminal.ts";

/** Loaded only when it is called, so that `verify` needs nothing of the server. */
export type Command = () => Promise<Run>;

export const commands: Record<string, Command> = {
  check: async () => (await import("./check.ts")).check,
  people: async () => (await import("./people.ts")).people,
  verify: async () => (await import("./verify.ts")).verify,
  monitor: async () => (await import("./monitor.ts")).monitor,
  plan: async () => (await import("./plan.ts")).plan,
  apply: async () => (await import("./plan.ts")).apply,
  access: async () => (await import("./plan.ts")).access,
  simulate: async () => (await import("./simulate.ts")).simulate,
  client: async () => (await import("./client.ts")).client,
  official: async () => (await import("./official.ts")).official,
  keys: async () => (await import("./keys.ts")).keys,
  import: async () => (await import("./records.ts")).importFile,
  export: async () => (await import("./records.ts")).exportRecords,
  ceremony: async () => (await import("./ceremony.ts")).ceremony,
  backup: async () => (await import("./backup.ts")).backup,
  restore: async () => (await import("./backup.ts")).restore,
};
