import { requestBounds } from "@kerege/kernel/bound";
import { portalAddress, type Setting, wholeNumber } from "@kerege/kernel/settings";
import { type KnownWitness, parseWitnesses } from "./log/witnesses.ts";

export const settings = {
  witnesses: {
    env: "KEREGE_WITNESSES",
    about: "Outside witnesses of the log: for each its verifier key, a space and its address; several with commas between.",
    parse: parseWitnesses,
    default: [] as KnownWitness[],
    otherwise: "none; a demo country starts two of its own",
  } satisfies Setting<KnownWitness[]>,
  address: portalAddress,
  oidArc: {
    env: "KEREGE_OID_ARC",
    about: "Arc of object identifiers that belongs to the state; policies of certificates and time stamps are named under it.",
    parse: (value) => (/^[0-2](\.(0|[1-9]\d{0,8})){1,12}$/.test(value) ? value : undefined),
    default: "2.999",
    otherwise: "2.999, the arc for examples (ITU-T X.660)",
  } satisfies Setting<string>,
  qualified: {
    env: "KEREGE_QUALIFIED",
    about:
      "Whether the law calls the certificates for signing qualified: no, yes, or device when keys lie in devices fit for that.",
    parse: (value) => (value === "no" || value === "yes" || value === "device" ? value : undefined),
    default: "no" as "no" | "yes" | "device",
  } satisfies Setting<"no" | "yes" | "device">,
  listPartitions: wholeNumber(
    "KEREGE_CRL_PARTITIONS",
    "Into how many revocation lists the certificates of people, and of companies, are divided; for certificates issued from now on.",
    16,
    { min: 1, max: 4096 },
  ),
  stampAccuracy: wholeNumber(
    "KEREGE_STAMP_ACCURACY",
    "Seconds by which the clock of this machine may be wrong; stated in each time stamp.",
    1,
    { min: 1, max: 60 },
  ),
  statusBounds: requestBounds("KEREGE_STATUS_BOUNDS", "questions about the status of certificates (OCSP)", {
    each: 6000,
    all: 300_000,
  }),
  stampBounds: requestBounds("KEREGE_STAMP_BOUNDS", "time stamps (RFC 3161)", { each: 1200, all: 120_000 }),
  checkBounds: requestBounds("KEREGE_CHECK_BOUNDS", "checks of files and documents", { each: 60, all: 3000 }),
};
