/** Asking people for signatures, and making them: what is shown is what is signed. */
import type { Shown } from "@kerege/kernel/asker";
import type { Means } from "@kerege/kernel/block";
import { PdfFault } from "../pdf-value.ts";
import type { PkiDoor } from "../pki/pki.ts";
import { trustProblem } from "../problems.ts";
import type { Signer } from "../signer.ts";
import { liftCades, signCades } from "../signing/cades.ts";
import type { LevelMeans } from "../signing/means.ts";
import { signPadesAt } from "../signing/pades-sign.ts";
import type { Trust } from "../trust.ts";
import type { RequestSettled, SignaturesDoor, SigningOrder, SigningRequest, ToSign } from "./contract.ts";
import { EVIDENCE_BODY, evidenceOf } from "./evidence-record.ts";
import { createKeys, type Person } from "./keys.ts";
import { createPersonalStore, type RequestLine, type RequestRow } from "./store.ts";

const MOST_BYTES = 10 * 1024 * 1024;
const MOST_TITLE = 200;
const MINUTE = 60_000;
/** An answered request is kept; one that was not answered so long after its end. */
const KEPT_UNANSWERED = 24 * 60 * MINUTE;
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export type SignaturesMeans = Pick<Means, "clock" | "ids" | "events" | "database" | "dataFolder">;

export type Signatures = ReturnType<typeof createSignatures>;

export function createSignatures(means: SignaturesMeans, given: { trust: Pick<Trust, "signer">; pki: PkiDoor }) {
  const { clock, ids, events } = means;
  const { pki, trust } = given;
  const store = createPersonalStore(means.database);
  const names: SignaturesDoor["names"] = {};
  const keys = createKeys(means, { store, pki, names });
  const levels: LevelMeans = { stamper: pki.stamper, status: pki.status };

  async function ask(holder: string, order: SigningOrder): Promise<{ id: string; path: string }> {
    const { title, media, kind, askedBy, reference, back, minutes = 60 } = order;
    const content = Buffer.from(order.content);
    checkContent({ title, media, content });
    const at = clock.now();
    await store.sweep(new Date(at.getTime() - KEPT_UNANSWERED));
    const id = ids.next();
    const expires = new Date(at.getTime() + minutes * MINUTE);
    await store.insertRequest({
      ...{ holder, id, asked_by: askedBy, reference, title, media, content, kind, back, created_at: at, expires_at: expires },
    });
    return { id, path: `/sign/${id}` };
  }

  async function waiting(actor: Person, id: string): Promise<RequestRow> {
    const row = ID.test(id) ? await store.request(actor.pin, id) : undefined;
    if (!row) throw trustProblem("no-such-request");
    if (row.state !== "waiting" || row.expires_at <= clock.now()) throw trustProblem("request-settled");
    return row;
  }

  async function settle(actor: Person, row: RequestRow, made?: { signed: Buffer; serial?: string }): Promise<void> {
    await store.transaction(async (tx) => {
      const at = clock.now();
      if (!(await store.settle(tx, { holder: actor.pin, id: row.id, at, ...made }))) throw trustProblem("request-settled");
      const body: RequestSettled = {
        ...{ request: row.id, askedBy: row.asked_by, reference: row.reference, holder: actor.pin },
        state: made ? "signed" : "declined",
      };
      await events.tell(tx, { type: "trust.request-settled", body: { ...body } });
    });
  }

  /** CAdES with the content inside, at level LT: everything a checker needs stands in the one file. */
  async function signInside(content: Uint8Array, signer: Signer): Promise<Buffer> {
    const signature = signCades(content, signer, { at: clock.now(), isDetached: false });
    return liftCades(signature, { level: "LT" }, levels);
  }

  async function signWith(
    signer: Signer,
    { media, content, title }: Pick<RequestRow, "media" | "content" | "title">,
  ): Promise<Buffer> {
    if (media !== "application/pdf") return signInside(content, signer);
    const name = signer.certificate.name.commonName;
    try {
      return await signPadesAt(content, signer, { at: clock.now(), reason: title, name, level: "LT", means: levels });
    } catch (fault) {
      // A PDF that cannot be appended to as it is written is signed as it lies, inside CMS.
      if (fault instanceof PdfFault) return signInside(content, signer);
      throw fault;
    }
  }

  const door: SignaturesDoor = {
    names,
    ask,
    async find(holder, id) {
      const row = ID.test(id) ? await store.request(holder, id) : undefined;
      return row && requestOf(row, clock.now());
    },
  };

  return {
    door,
    keys,
    /** Throws `trust.no-such-request`. */
    async show(actor: Person, id: string): Promise<SigningRequest> {
      const found = await door.find(actor.pin, id);
      if (!found) throw trustProblem("no-such-request");
      return found;
    },
    /** With the person's own key. Throws `trust.request-settled`, `trust.wrong-phrase`, `trust.key-blocked`, `trust.no-key`, `trust.certificate-not-good`. */
    async sign(actor: Person, id: string, phrase: string): Promise<void> {
      const row = await waiting(actor, id);
      if (row.kind !== "advanced") throw trustProblem("no-such-request");
      const signer = await keys.signer(actor, phrase);
      await settle(actor, row, { signed: await signWith(signer, row), serial: signer.certificate.serial });
    },
    /** By a press of a button; `agreed` are the words that stood beside it. Throws `trust.request-settled`. */
    async agree(actor: Person, id: string, { agreed, shown }: { agreed: string; shown?: Shown | undefined }): Promise<void> {
      const row = await waiting(actor, id);
      if (row.kind !== "simple") throw trustProblem("no-such-request");
      const name = await names.find?.(actor.pin, actor);
      if (!name) throw trustProblem("unknown-person");
      const by = { actor, name: `${name.surname} ${name.givenName}`, shown, agreed, at: clock.now() };
      const signer = trust.signer(EVIDENCE_BODY);
      await settle(actor, row, { signed: await signInside(evidenceOf(row, by), signer), serial: signer.certificate.serial });
    },
    /** Throws `trust.request-settled`. */
    async decline(actor: Person, id: string): Promise<void> {
      await settle(actor, await waiting(actor, id));
    },
    list: (actor: Person, page: { before?: { at: Date; id: string }; limit: number }): Promise<RequestLine[]> =>
      store.newest(actor.pin, page),
  };
}

function checkContent({ title, media, content }: Pick<ToSign, "title" | "media"> & { content: Buffer }): void {
  const isEmpty = content.length === 0 || content.length > MOST_BYTES || title.trim() === "" || title.length > MOST_TITLE;
  const isPdf = content.subarray(0, 5).toString("latin1") === "%PDF-";
  if (isEmpty || (media === "application/pdf" ? !isPdf : !isPlainText(content))) throw trustProblem("unfit-to-sign");
}

/** UTF-8 without signs that cannot be seen or that turn the order of letters: what is shown must be what is signed. */
function isPlainText(content: Buffer): boolean {
  const text = content.toString("utf8");
  if (!Buffer.from(text, "utf8").equals(content)) return false;
  return !/[\p{Cc}\p{Cf}\p{Co}\p{Cn}]/u.test(text.replaceAll(/[\n\t]/g, ""));
}

function requestOf(row: RequestRow, now: Date): SigningRequest {
  const { id, title, media, content, kind, back } = row;
  return {
    ...{ id, title, media, content, kind, back, createdAt: row.created_at },
    state: row.state === "waiting" && row.expires_at <= now ? "expired" : row.state,
    settledAt: row.settled_at ?? undefined,
    signed: row.signed ?? undefined,
  };
}
