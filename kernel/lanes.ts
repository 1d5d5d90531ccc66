/** Connections that single statements share, and most statements that wait on one of them. */
const LANES = 6;
const MOST_WAITING = 12;

/** What a lane needs of a connection of the driver that is opened in pipeline mode. */
export interface LaneClient<Query, Result> {
  connect(): Promise<unknown>;
  query(query: Query): Promise<Result>;
  end(): Promise<void>;
  on(event: "error" | "end", then: () => void): unknown;
  /** Holds back what is written until `uncork`. */
  readonly connection: { readonly stream: { cork(): void; uncork(): void } };
}

interface Lane<Query, Result> {
  client: LaneClient<Query, Result>;
  ready: Promise<unknown>;
  waiting: number;
  /** What was asked in this turn leaves in one write at its end. */
  held: boolean;
  broken: boolean;
}

/**
 * Single statements (each its own transaction) go down a few connections without waiting for the answers of those before them, and
 * those of one turn leave in one write: a third of what a statement costs this process is the write. A statement that fails harms no
 * other. One that takes long keeps those behind it waiting, so a lane takes only so many; beyond that they go through the pool.
 */
export function openLanes<Query, Result>(
  connection: () => LaneClient<Query, Result>,
): {
  /** Nothing when every lane is full. */
  ask(query: Query): Promise<Result> | undefined;
  close(): Promise<void>;
} {
  type One = Lane<Query, Result>;
  const lanes: One[] = [];
  let closed = false;

  const open = (): One => {
    const client = connection();
    const lane: One = { client, ready: client.connect(), waiting: 0, held: false, broken: false };
    // What was under way on a lost connection is told by the driver to those who wait; nobody may wait on it any more.
    const lost = () => {
      lane.broken = true;
      const place = lanes.indexOf(lane);
      if (place >= 0) lanes.splice(place, 1);
    };
    client.on("error", lost);
    client.on("end", lost);
    lane.ready.catch(lost);
    lanes.push(lane);
    return lane;
  };

  /** One that writes in this turn already, else one that is free, else a new one, else the least busy. */
  const choose = (): One | undefined => {
    let least: One | undefined;
    for (const lane of lanes) {
      if (lane.held && lane.waiting < MOST_WAITING) return lane;
      if (!least || lane.waiting < least.waiting) least = lane;
    }
    if (least?.waiting === 0) return least;
    if (lanes.length < LANES) return open();
    return least && least.waiting < MOST_WAITING ? least : undefined;
  };

  const hold = (lane: One) => {
    if (lane.held) return;
    lane.held = true;
    const { stream } = lane.client.connection;
    stream.cork();
    setImmediate(() => {
      lane.held = false;
      stream.uncork();
    });
  };

  const send = async (lane: One, query: Query) => {
    lane.waiting++;
    try {
      await lane.ready;
      hold(lane);
      return await lane.client.query(query);
    } finally {
      lane.waiting--;
    }
  };

  return {
    ask(query) {
      const lane = closed ? undefined : choose();
      return lane && send(lane, query);
    },
    async close() {
      closed = true;
      await Promise.allSettled(lanes.map((lane) => lane.ready.then(() => lane.client.end())));
    },
  };
}
