import { type ProblemTable, problemsOf } from "./problem.ts";

/** One setting of a block: where it comes from, what it may be, what it is when nobody says. */
export interface Setting<T = unknown> {
  /** Name of the environment variable. */
  env: string;
  about: string;
  parse(text: string): T | undefined;
  default: T;
  /** What holds when nobody says, in words, where the default is no plain value. */
  otherwise?: string;
  /** Never printed. */
  secret?: boolean;
}

/** Raised before the server listens; `kernel/house.ts` has the others. */
export const settingProblems = { "bad-setting": { status: 500 } } satisfies ProblemTable;

const settingProblem = problemsOf("kernel", settingProblems);

export type SettingTable = Record<string, Setting>;
export type Settings<Table extends SettingTable> = {
  readonly [Key in keyof Table]: Table[Key] extends Setting<infer T> ? T : never;
};

export const text = (env: string, about: string, fallback: string): Setting<string> => ({
  env,
  about,
  parse: (value) => value,
  default: fallback,
});
/** Several blocks write it into what they make; it is declared here, once. */
export const portalAddress = text(
  "KEREGE_ADDRESS",
  "Where people and programs reach the portal, as documents and certificates print it: https://portal.example. The OpenID provider is at /oidc of it.",
  "http://127.0.0.1:8080",
);
export const wholeNumber = (
  env: string,
  about: string,
  fallback: number,
  range: { min: number; max: number },
): Setting<number> => ({
  env,
  about,
  parse: (value) => {
    const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
    return number >= range.min && number <= range.max ? number : undefined;
  },
  default: fallback,
});

/** Reads a block's settings from the environment; a value that cannot be understood is a Problem naming the variable. */
export function readSettings<Table extends SettingTable>(table: Table, env: Record<string, string | undefined>): Settings<Table> {
  const result: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries(table)) {
    const given = env[setting.env];
    if (given === undefined || given === "") {
      result[name] = setting.default;
      continue;
    }
    const value = setting.parse(given);
    if (value === undefined) throw settingProblem("bad-setting", { params: { env: setting.env, about: setting.about } });
    result[name] = value;
  }
  return result as Settings<Table>;
}
