import { createHash } from "node:crypto";
import { type AtDesk, createDeskReception } from "@kerege/identity";
import type { App, Request } from "@kerege/kernel/http";
import { kernelProblem, Problem } from "@kerege/kernel/problem";
import { certificatePem, REVOCATION_REASONS, readSerial } from "@kerege/trust";
import { sendPage } from "./answer.ts";
import { one } from "./form.ts";
import { CertificateDesk, CertificatesDesk, ISSUED_KINDS, type TypedOrder } from "./pages/certificates.tsx";
import type { PortalMeans } from "./portal.ts";
import { checkLanguage } from "./routes-public.ts";

/** Right of a post to give certificates and to end them. */
const ISSUE = "trust.issue";
const NOTHING: TypedOrder = { kind: "", pin: "", system: "", dns: "" };
/** Where a problem of issuing is shown. */
const BESIDE: Record<string, "file" | "system"> = {
  "trust.refused-request": "file",
  "trust.unfit-subject": "system",
};

/** The desk where certificates are given over a request that proves its key, and suspended, taken up again and revoked. */
export function certificateRoutes(app: App, { means, needs }: PortalMeans): void {
  const { country } = means;
  const { pki, signatures } = needs.trust;
  const desks = createDeskReception(app, {
    identity: needs.identity,
    languages: country.languages,
    postOf: (code) => needs.reference.post(code),
  });

  app.visits.place({ path: "/desk/certificates", key: "portal.certificates.title", rights: [ISSUE] });

  const at = async (request: Request): Promise<AtDesk> => {
    checkLanguage(request, country.languages);
    return desks.atDesk(request, ISSUE);
  };

  app.get("/:language/desk/certificates", async (request, reply) => {
    const { visit } = await at(request);
    const typed = one(request.query, "serial").trim();
    if (typed === "") return sendPage(request, reply, CertificatesDesk({ visit, typed: NOTHING, errors: {} }));
    const serial = readSerial(typed);
    const found = serial === undefined ? undefined : await pki.find(serial);
    if (found) return reply.redirect(`/${visit.language}/desk/certificates/${found.serial}`, 303);
    const errors = { serial: visit.t("trust.authorities.none-lead", { serial: typed }) };
    return sendPage(request, reply.code(404), CertificatesDesk({ visit, typed: NOTHING, errors }));
  });

  app.post("/:language/desk/certificates", async (request, reply) => {
    const desk = await at(request);
    const { visit } = desk;
    const { typed, file } = await readOrder(request);
    const again = (errors: Parameters<typeof CertificatesDesk>[0]["errors"]) =>
      sendPage(request, reply.code(422), CertificatesDesk({ visit, typed, errors }));
    const kind = ISSUED_KINDS.find((known) => known === typed.kind);
    const pin = typed.pin.replaceAll(/\s/g, "");
    const errors = {
      ...(!kind && { kind: visit.t("portal.certificates.say-kind") }),
      ...(kind && kind !== "system" && !/^\d{14}$/.test(pin) && { pin: visit.t("portal.certificates.say-pin") }),
      ...(kind === "system" && typed.system === "" && { system: visit.t("portal.certificates.say-system") }),
      ...(kind === "system" && !dnsOf(typed).every(isHost) && { dns: visit.t("portal.certificates.say-dns") }),
      ...(!file && { file: visit.t("portal.certificates.say-file") }),
    };
    if (!kind || !file || Object.keys(errors).length > 0) return again(errors);
    const name = kind === "system" ? undefined : await signatures.names.find?.(pin, desk.actor);
    if (kind !== "system" && !name) return again({ pin: visit.t("portal.certificates.say-nobody") });
    try {
      const { serial } = await issue(desk, { kind, file, typed, person: name && { pin, ...name } });
      return reply.redirect(`/${visit.language}/desk/certificates/${serial}`, 303);
    } catch (problem) {
      const place = problem instanceof Problem ? BESIDE[problem.code] : undefined;
      if (!place || !(problem instanceof Problem)) throw problem;
      const [block, name] = problem.code.split(".");
      return again({ [place]: visit.t(`${block}.problems.${name}.detail`, problem.params) });
    }
  });

  type Order = {
    kind: (typeof ISSUED_KINDS)[number];
    file: Buffer;
    typed: TypedOrder;
    person: { pin: string; surname: string; givenName: string } | undefined;
  };
  async function issue({ actor }: AtDesk, { kind, file, typed, person }: Order) {
    // DER begins with a SEQUENCE; anything else is taken for PEM.
    const request = file[0] === 0x30 ? file : file.toString("latin1");
    if (!person) {
      const body = needs.reference.body(actor.body);
      const owner = { type: "body", code: actor.body, name: body?.name[country.languages[0]!] ?? actor.body } as const;
      // A serialNumber takes Latin letters and digits only; a system may be called in any language, and by its name it is known again.
      const mark = createHash("sha256").update(typed.system).digest("hex").slice(0, 16);
      const holder = { type: "system", id: `${actor.body}-${mark}`, name: typed.system, owner } as const;
      return pki.issue(actor, { kind, holder, request, dns: dnsOf(typed) });
    }
    return pki.issue(actor, { kind, holder: { type: "person", ...person }, request });
  }

  const serialOf = (request: Request) => (request.params as { serial: string }).serial;
  const page = async (request: Request, unsure = false) => {
    const { visit } = await at(request);
    const found = /^([0-9a-f]{2}){1,21}$/.test(serialOf(request)) ? await pki.find(serialOf(request)) : undefined;
    if (!found) throw kernelProblem("not-found");
    const acts = await pki.acts(found.serial);
    return CertificateDesk({ visit, timeZone: country.timeZone, one: found, acts, pem: certificatePem(found.der), unsure });
  };

  app.get("/:language/desk/certificates/:serial", async (request, reply) => sendPage(request, reply, await page(request)));

  app.post("/:language/desk/certificates/:serial", async (request, reply) => {
    const { actor, visit } = await at(request);
    const serial = serialOf(request);
    const act = one(request.body, "act");
    const reason = REVOCATION_REASONS.find((known) => known === one(request.body, "reason"));
    if (act === "revoke" && !reason) return sendPage(request, reply.code(422), await page(request, true));
    if (act === "revoke") await pki.revoke(actor, { serial, ...(reason && { reason }) });
    else if (act === "suspend") await pki.suspend(actor, { serial });
    else if (act === "resume") await pki.resume(actor, { serial });
    else throw kernelProblem("bad-request");
    return reply.redirect(`/${visit.language}/desk/certificates/${serial}`, 303);
  });
}

const dnsOf = ({ dns }: TypedOrder): string[] => dns.split(/[\s,]+/).filter(Boolean);

/** A host name as certificates take it (RFC 1034, 3.5; RFC 5280, 4.2.1.6). */
const isHost = (name: string): boolean =>
  name.length <= 253 && /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i.test(name);

async function readOrder(request: Request): Promise<{ typed: TypedOrder; file?: Buffer }> {
  const typed = { ...NOTHING };
  let file: Buffer | undefined;
  if (!request.isMultipart()) return { typed };
  for await (const part of request.parts()) {
    if (part.type === "file") {
      const bytes = await part.toBuffer();
      if (part.fieldname === "file" && bytes.length > 0) file = bytes;
    } else if (part.fieldname in NOTHING && typeof part.value === "string") {
      typed[part.fieldname as keyof TypedOrder] = part.value.trim();
    }
  }
  return { typed, ...(file && { file }) };
}
