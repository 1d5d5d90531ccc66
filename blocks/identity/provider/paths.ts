/** The one value of a name in a query or form; nothing where it is missing or given twice. */
export function one(fields: unknown, name: string): string {
  const value = (fields as Record<string, unknown> | null | undefined)?.[name];
  return typeof value === "string" ? value : "";
}

/** A path on this server to go back to, or the fallback; an address of another site is never followed. */
export function safeReturn(path: string, fallback: string): string {
  if (path.length > 500 || !/^\/[a-z]{2}(?:\/|$)/.test(path)) return fallback;
  return /[\\\s]/.test(path) ? fallback : path;
}
