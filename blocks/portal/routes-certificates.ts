import { type AtDesk, createDeskReception } from "@kerege/identity";
import type { App, Request } from "@kerege/kernel/http";
import { kernelProblem, Problem } from "@kerege/kernel/problem";
import { certificatePem, REVOCATION_REASONS } from "@kerege/trust";
import { sendPage } from "./answer.ts";
import { one } from "./form.ts";
import { CertificateDesk, CertificatesDesk, ISSUED_KINDS, type TypedOrder } from "./pages/certificates.tsx";
import type { PortalMeans } from "./portal.ts";
import { checkLanguage } from "./routes-public.ts";

/** Right of a post to give certificates and to end them. */
const ISSUE = "trust.issue";
const NOTHING: TypedOrder = { kind: "", pin: "", system: "", dns: "" };
/** Where a problem of issuing is shown. */
const BESIDE: Record<string, "file" | "pin" | "system"> = {
  "trust.refused-request": "file",
  "trust.unfit-subject": "system",
  "trust.unknown-person": "pin",
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
    const serial = typed.toLowerCase().replaceAll(/[\s:]|^0x/g, "");
    const found = /^([0-9a-f]{2})+$/.test(serial) ? await pki.find(serial) : undefined;
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
      ...(!file && { file: visit.t("portal.certificates.say-file") }),
    };
    if (!kind || !file || Object.keys(errors).length > 0) return again(errors);
    try {
      const { serial } = await issue(desk, { kind, pin, file, typed });
      return reply.redirect(`/${visit.language}/desk/certificates/${serial}`, 303);
    } catch (problem) {
      const place = problem instanceof Problem ? BESIDE[problem.code] : undefined;
      if (!place || !(problem instanceof Problem)) throw problem;
      const [block, name] = problem.code.split(".");
      return again({ [place]: visit.t(`${block}.problems.${name}.detail`, problem.params) });
    }
  });

  type Order = { kind: (typeof ISSUED_KINDS)[number]; pin: string; file: Buffer; typed: TypedOrder };
  async function issue({ actor }: AtDesk, { kind, pin, file, typed }: Order) {
    // DER begins with a SEQUENCE; anything else is taken for PEM.
    const request = file[0] === 0x30 ? file : file.toString("latin1");
    if (kind === "system") {
      const body = needs.reference.body(actor.body);
      const owner = { type: "body", code: actor.body, name: body?.name[country.languages[0]!] ?? actor.body } as const;
      const holder = { type: "system", id: `${actor.body}-${typed.system}`, name: typed.system, owner } as const;
      const dns = typed.dns.split(/[\s,]+/).filter(Boolean);
      return pki.issue(actor, { kind, holder, request, dns });
    }
    const name = await signatures.names.find?.(pin, actor);
    if (!name) throw kernelProblem("not-found");
    return pki.issue(actor, { kind, holder: { type: "person", pin, ...name }, request });
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
