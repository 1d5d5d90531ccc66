/** One field of a form as text: the last of several, nothing when it did not come. */
export function one(body: unknown, name: string): string {
  const value = (body as Record<string, string | string[]> | undefined)?.[name];
  return (Array.isArray(value) ? value.at(-1) : value) ?? "";
}

/** The fields of a form as they came. */
export function fieldsOf(body: unknown): Record<string, string | string[]> {
  return typeof body === "object" && body !== null ? (body as Record<string, string | string[]>) : {};
}
