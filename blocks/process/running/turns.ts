/**
 * Work on one thing runs one after another within this process, and each gets what the work before it came to, where there was one a
 * moment ago; what failed gives nothing on.
 */
export function createTurns<Left>(): <Result extends { held: Left }>(
  name: string,
  work: (latest: Left | undefined) => Promise<Result>,
) => Promise<Result> {
  const tails = new Map<string, Promise<Left | undefined>>();
  return (name, work) => {
    const before = tails.get(name) ?? Promise.resolve(undefined);
    const made = before.then(work);
    const tail = made.then(
      ({ held }) => held,
      () => undefined,
    );
    tails.set(name, tail);
    void tail.then(() => {
      if (tails.get(name) === tail) tails.delete(name);
    });
    return made;
  };
}
