import { randomFillSync } from "node:crypto";

/** Makes identifiers. Time-ordered UUIDv7 (RFC 9562, 5.7) so that B-trees grow at one end. */
export interface Ids {
  next(): string;
}

/** `now` gives milliseconds since 1970; identifiers of one maker never go back even when the clock does. */
export function createIds(now: () => number = Date.now): Ids {
  const random = Buffer.alloc(16 * 256);
  let used = random.length;
  let last = 0;
  let sequence = 0;
  return {
    next() {
      if (used === random.length) {
        randomFillSync(random);
        used = 0;
      }
      const bytes = random.subarray(used, used + 16);
      used += 16;
      const time = Math.max(now(), last);
      sequence = time === last ? sequence + 1 : bytes.readUInt16BE(6) & 0x3ff;
      if (sequence > 0xfff) {
        last = time + 1;
        sequence = 0;
      } else last = time;
      const head = last.toString(16).padStart(12, "0");
      const tail = bytes.toString("hex", 8);
      const variant = ((bytes[8]! & 0x3f) | 0x80).toString(16);
      return `${head.slice(0, 8)}-${head.slice(8)}-7${sequence.toString(16).padStart(3, "0")}-${variant}${tail.slice(2, 4)}-${tail.slice(4)}`;
    },
  };
}
