import { existsSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { addLocales, createTexts, type Texts } from "@kerege/kernel/locale";
import { Problem } from "@kerege/kernel/problem";
import {
  AUTHORITIES,
  type CeremonyAct,
  type CeremonyAuthority,
  type CeremonyRecord,
  checkCeremony,
  holdCeremony,
  openTokenKey,
  type RevocationReason,
  renewAuthority,
  signRootList,
  type TokenKey,
} from "@kerege/trust";
import { askHidden } from "./hidden.ts";
import { fromCaller, type Run, type Terminal } from "./terminal.ts";
import { problemLines } from "./within.ts";

const options = {
  country: { type: "string" },
  state: { type: "string" },
  participant: { type: "string", multiple: true },
  "phrase-file": { type: "string" },
  address: { type: "string" },
  arc: { type: "string" },
  qualified: { type: "string" },
  revoke: { type: "string", multiple: true },
  pkcs11: { type: "string" },
  token: { type: "string" },
  key: { type: "string" },
  "pin-file": { type: "string" },
} as const;

type Values = ReturnType<typeof read>["values"];
const read = (args: string[]) => parseArgs({ args, allowPositionals: true, options });

/** Asked wrongly: nothing was begun. */
class Misuse extends Error {}

const QUALIFIED = ["no", "yes", "device"] as const;
const REASONS: readonly RevocationReason[] = ["unspecified", "authority-compromise", "superseded", "cessation-of-operation"];

/** `kerege ceremony hold | sign-list | renew | check FOLDER`: what is done with the key of the root, on a machine without a network. */
export const ceremony: Run = async (args, terminal) => {
  let token: TokenKey | undefined;
  try {
    const { values, positionals } = parse(args);
    const [act, given, ...rest] = positionals;
    if (!given || !act || rest.length > (act === "renew" ? 1 : 0)) throw new Misuse();
    const folder = fromCaller(given);
    if (act === "check") return sayChecked(folder, terminal);
    if (!["hold", "sign-list", "renew"].includes(act)) throw new Misuse();
    token = await tokenOf(values, act === "hold");
    const work: CeremonyAct = {
      folder,
      participants: (values.participant ?? []).map(personOf),
      at: wholeSecond(),
      ...(token ? { token } : { phrase: await phraseOf(values, terminal, { twice: act === "hold" }) }),
      words: (key, params) => trustTexts().translate(terminal.language, `trust.ceremony.${key}`, params),
      told: (step) => terminal.print(terminal.say("ceremony.step", { time: new Date().toISOString().slice(11, 19), step })),
    };
    const record = perform(act, work, { values, authority: rest[0] });
    terminal.print(terminal.say("ceremony.root", { fingerprint: record.fingerprints.root ?? "" }));
    terminal.print(terminal.say("ceremony.done", { folder }));
    return 0;
  } catch (error) {
    if (error instanceof Misuse) {
      terminal.complain(error.message || terminal.say("ceremony.usage"));
      return 2;
    }
    if (!(error instanceof Problem)) throw error;
    for (const line of problemLines(error, { texts: trustTexts(), language: terminal.language })) terminal.complain(line);
    return 1;
  } finally {
    token?.close();
  }
};

let known: Texts | undefined;
function trustTexts(): Texts {
  if (!known) {
    known = createTexts();
    addLocales(known, "trust", new URL("../../blocks/trust/locales/", import.meta.url));
  }
  return known;
}

function parse(args: string[]): ReturnType<typeof read> {
  try {
    return read(args);
  } catch {
    throw new Misuse();
  }
}

function perform(
  act: string,
  work: CeremonyAct,
  { values, authority }: { values: Values; authority?: string | undefined },
): CeremonyRecord {
  if (act === "sign-list") return signRootList(work, (values.revoke ?? []).map(revocationOf));
  if (act === "renew") return renewAuthority(work, authorityOf(authority));
  const { country, state, address, arc = "2.999" } = values;
  const qualified = QUALIFIED.find((one) => one === (values.qualified ?? "no"));
  if (!country || !state || !qualified || (address !== undefined && !URL.canParse(address))) throw new Misuse();
  const places = { address: address?.replace(/\/+$/, ""), arc, qualified };
  return holdCeremony({ ...work, country, stateName: state, places });
}

/** Certificates and lists know whole seconds. */
function wholeSecond(): Date {
  return new Date(Math.floor(Date.now() / 1000) * 1000);
}

function personOf(text: string): { name: string; role: string } {
  const at = text.lastIndexOf(",");
  return { name: text.slice(0, Math.max(at, 0)).trim(), role: at < 0 ? "" : text.slice(at + 1).trim() };
}

function authorityOf(name: string | undefined): CeremonyAuthority {
  const found = AUTHORITIES.find((one) => one === name);
  if (!found) throw new Misuse();
  return found;
}

function revocationOf(text: string): { authority: CeremonyAuthority; reason: RevocationReason } {
  const [name, given = "unspecified"] = text.split("=");
  const reason = REASONS.find((one) => one === given);
  if (!reason) throw new Misuse();
  return { authority: authorityOf(name), reason };
}

async function tokenOf(values: Values, make: boolean): Promise<TokenKey | undefined> {
  const { pkcs11, token, key = "root" } = values;
  if (pkcs11 === undefined) return undefined;
  const pin = values["pin-file"];
  if (token === undefined || pin === undefined) throw new Misuse();
  return openTokenKey({ module: pkcs11, token, key, pin: firstLine(pin), package: process.env.KEREGE_PKCS11JS }, { make });
}

/** From a file, or asked for at the terminal: never an argument, which every program on the machine can read. */
async function phraseOf(values: Values, terminal: Terminal, { twice }: { twice: boolean }): Promise<string> {
  const file = values["phrase-file"];
  if (file !== undefined) {
    if (!existsSync(fromCaller(file))) throw new Misuse(terminal.say("ceremony.no-file", { file }));
    return firstLine(file);
  }
  const phrase = await askHidden(terminal.say("ceremony.phrase"));
  if (twice && phrase !== (await askHidden(terminal.say("ceremony.again")))) throw new Misuse(terminal.say("ceremony.differs"));
  return phrase;
}

const firstLine = (file: string): string => readFileSync(fromCaller(file), "utf8").split(/\r?\n/, 1)[0] ?? "";

function sayChecked(folder: string, terminal: Terminal): number {
  const { records, root, listUntil } = checkCeremony(folder);
  terminal.print(terminal.say("ceremony.root", { fingerprint: root.fingerprint }));
  terminal.print(terminal.say("ceremony.checked", { count: records.length, until: listUntil.toISOString().slice(0, 10) }));
  return 0;
}
