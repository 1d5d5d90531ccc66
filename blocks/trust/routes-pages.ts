import type { Means } from "@kerege/kernel/block";
import { type App, languageOf, type Reply, type Request } from "@kerege/kernel/http";
import { isLanguage, type Language } from "@kerege/kernel/locale";
import { renderPage } from "@kerege/kernel/page";
import { kernelProblem } from "@kerege/kernel/problem";
import type { VNode } from "preact";
import { AuthoritiesPage, type ShownAuthority } from "./pages/authorities.tsx";
import { CheckPage } from "./pages/check.tsx";
import type { Pki } from "./pki/pki.ts";
import { validate } from "./signing/validate.ts";
import type { Trust } from "./trust.ts";

const MOST_UPLOAD = 22 * 1024 * 1024;
const SERIAL = /^[0-9a-f]{2,42}$/;
const serialQuery = {
  querystring: { type: "object", additionalProperties: false, properties: { serial: { type: "string", maxLength: 80 } } },
} as const;

type Page = { Params: { language: Language }; Querystring: { serial?: string } };

/** Pages of trust that are open to all: authorities, certificates by serial number, checking a file. */
export function addTrustPages(app: App, given: { means: Pick<Means, "country" | "clock">; trust: Trust; pki: Pki }): void {
  const { means, trust, pki } = given;
  const { clock, country } = means;
  const { languages, timeZone } = country;

  const begin = async (request: Request) => {
    const { language } = request.params as { language: Language };
    if (!isLanguage(language) || !languages.includes(language)) throw kernelProblem("not-found");
    return { timeZone, visit: await app.visits.visitor(request, languageOf(request, languages)) };
  };
  const send = (reply: Reply, page: VNode, status = 200) =>
    reply.code(status).header("cache-control", "private, no-store").type("text/html; charset=utf-8").send(renderPage(page));

  function authorities(): ShownAuthority[] {
    return ["root", ...pki.hierarchy.present()].flatMap((name) => {
      const certificate = pki.authorityCertificate(name);
      return certificate ? [{ name, certificate }] : [];
    });
  }

  app.get("/trust", async (request, reply) => reply.redirect(`/${languageOf(request, languages)}/trust`, 302));
  app.get<Page>("/:language/trust", { schema: serialQuery }, async (request, reply) => {
    const shown = { ...(await begin(request)), now: clock.now(), authorities: authorities() };
    const typed = request.query.serial?.trim() ?? "";
    if (typed === "") return send(reply, AuthoritiesPage(shown));
    // As programs print it: with colons, spaces, capitals, leading zeros.
    const serial = typed.toLowerCase().replaceAll(/[\s:]|^0x/g, "");
    const even = serial.length % 2 === 0 ? serial : `0${serial}`;
    const found = SERIAL.test(even) ? await pki.door.find(even) : undefined;
    return send(reply, AuthoritiesPage({ ...shown, asked: { serial: typed, found } }), found ? 200 : 404);
  });

  app.get("/check", async (request, reply) => reply.redirect(`/${languageOf(request, languages)}/check`, 302));
  app.get<Page>("/:language/check", async (request, reply) => send(reply, CheckPage(await begin(request))));
  app.post<Page>("/:language/check", { bodyLimit: MOST_UPLOAD }, async (request, reply) => {
    const shown = await begin(request);
    const { file, content } = await filesOf(request);
    if (!file) return send(reply, CheckPage({ ...shown, nothing: true }), 422);
    const report = validate(file, { trusted: trust.anchors(), at: clock.now(), ...(content && { content }) });
    return send(reply, CheckPage({ ...shown, report }));
  });
}

/** Nothing of it is kept. */
async function filesOf(request: Request): Promise<{ file?: Buffer; content?: Buffer }> {
  const given: { file?: Buffer; content?: Buffer } = {};
  if (!request.isMultipart()) return given;
  for await (const part of request.parts({ limits: { files: 2 } })) {
    if (part.type !== "file") continue;
    const bytes = await part.toBuffer();
    if (bytes.length > 0 && (part.fieldname === "file" || part.fieldname === "content")) given[part.fieldname] = bytes;
  }
  return given;
}
