import type { Arrival } from "../login.ts";
import type { FindHolder } from "./certificate.ts";
import { type Courier, reachOf } from "./courier.ts";
import type { Ways } from "./pages/ways.tsx";
import type { Passkeys } from "./passkey.ts";

/** Goes on in the address of every step. @param usual where one is led when nothing is said */
export function queryOf(arrival: Pick<Arrival, "interaction" | "back">, usual: string): string {
  if (arrival.interaction !== undefined) return `?interaction=${encodeURIComponent(arrival.interaction)}`;
  return arrival.back === usual ? "" : `?return=${encodeURIComponent(arrival.back)}`;
}

export function waysOf(
  { passkeys, courier, certificates }: { passkeys: Passkeys; courier: Courier; certificates: { find?: FindHolder } },
  step: { arrival: Arrival; query: string },
  more: Partial<Ways> = {},
): Ways {
  return {
    ...(step.arrival.client !== undefined && { client: step.arrival.client }),
    ...(step.arrival.officials && { officials: true }),
    query: step.query,
    passkey: passkeys.request(),
    again: step.arrival.pin !== undefined,
    certificate: certificates.find !== undefined,
    reach: reachOf(courier),
    ...more,
  };
}
