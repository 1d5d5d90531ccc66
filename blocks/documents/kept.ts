/** What was made of a text, for so many texts; of too many the one not asked for longest is let go and made again when needed. */
export interface Kept<Made> {
  of(text: string, make: () => Made): Made;
}

export function createKept<Made extends object | string>(most: number): Kept<Made> {
  const kept = new Map<string, Made>();
  return {
    of(text, make) {
      const known = kept.get(text);
      const made = known ?? make();
      if (known !== undefined) kept.delete(text);
      else if (kept.size >= most) kept.delete(kept.keys().next().value!);
      kept.set(text, made);
      return made;
    },
  };
}
