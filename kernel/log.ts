/** Structured log lines on standard output or error. Personal data never goes into them: pass codes and counts, not records. */
export interface Log {
  note(event: string, fields?: Fields): void;
  warn(event: string, fields?: Fields): void;
  fault(event: string, error: unknown, fields?: Fields): void;
  child(fields: Fields): Log;
}

export type Fields = Record<string, string | number | boolean | undefined>;

export function createLog(write: (line: string) => void, fixed: Fields = {}): Log {
  const line = (level: string, event: string, fields?: Fields) =>
    write(`${JSON.stringify({ at: new Date().toISOString(), level, event, ...fixed, ...fields })}\n`);
  return {
    note: (event, fields) => line("note", event, fields),
    warn: (event, fields) => line("warn", event, fields),
    fault: (event, error, fields) => line("fault", event, { ...fields, ...describe(error) }),
    child: (fields) => createLog(write, { ...fixed, ...fields }),
  };
}

/** Name, code and place of an error. Its message stays out: database messages quote the values of rows. */
export function describe(error: unknown): Fields {
  if (!(error instanceof Error)) return { error: typeof error };
  const code = "code" in error ? String(error.code) : undefined;
  const place = error.stack
    ?.split("\n")
    .filter((row) => row.trimStart().startsWith("at "))
    .slice(0, 4)
    .map((row) => row.trim().replace(/file:\/\/\S*?\/(kernel|blocks|apps|node_modules)\//, "$1/"))
    .join(" < ");
  return { error: error.name, code, place };
}

export const silentLog: Log = createLog(() => {});
