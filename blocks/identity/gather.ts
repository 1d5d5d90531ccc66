/** Answers for several keys at once; a key without an answer is left out. */
export type LookUp<Answer> = (keys: string[]) => Promise<Map<string, Answer>>;

const MOST = 128;
const UNDER_WAY = 2;

/**
 * Every request of a signed-in person asks for a session. Those of the same turn, and those that come while others are under way, are
 * asked for with one statement. A key never joins a statement that has left already, so an ended session is not found any more.
 */
export function gather<Answer>(lookUp: LookUp<Answer>): (key: string) => Promise<Answer | undefined> {
  type Waiting = PromiseWithResolvers<Answer | undefined>;
  let waiting = new Map<string, Waiting>();
  let underWay = 0;
  let planned = false;
  const leave = () => {
    planned = false;
    if (waiting.size === 0 || underWay >= UNDER_WAY) return;
    const group = new Map([...waiting].slice(0, MOST));
    waiting = new Map([...waiting].slice(MOST));
    underWay++;
    void answer(group).finally(() => {
      underWay--;
      leave();
    });
    leave();
  };
  const answer = async (group: Map<string, Waiting>) => {
    try {
      const found = await lookUp([...group.keys()]);
      for (const [key, { resolve }] of group) resolve(found.get(key));
    } catch (error) {
      for (const { reject } of group.values()) reject(error);
    }
  };
  return (key) => {
    let one = waiting.get(key);
    if (!one) {
      one = Promise.withResolvers();
      waiting.set(key, one);
    }
    if (!planned) {
      planned = true;
      setImmediate(leave);
    }
    return one.promise;
  };
}
