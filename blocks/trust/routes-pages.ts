import type { Means } from "@kerege/kernel/block";
import { type Bound, bounded } from "@kerege/kernel/bound";
import { type App, languageOf, type Request } from "@kerege/kernel/http";
import { isLanguage, type Language } from "@kerege/kernel/locale";
import { kernelProblem } from "@kerege/kernel/problem";
import { readSerial } from "./certificate-words.ts";
import { AuthoritiesPage, type ShownAuthority } from "./pages/authorities.tsx";
import { CheckPage } from "./pages/check.tsx";
import type { Pki } from "./pki/pki.ts";
import { sendPage } from "./send-page.ts";
import { validate } from "./signing/validate.ts";
import type { Trust } from "./trust.ts";

const MOST_UPLOAD = 22 * 1024 * 1024;
const serialQuery = {
  querystring: { type: "object", additionalProperties: false, properties: { serial: { type: "string", maxLength: 80 } } },
} as const;

type Page = { Params: { language: Language }; Querystring: { serial?: string } };

/** Pages of trust that are open to all: authorities, certificates by serial number, checking a file. */
export function addTrustPages(
  app: App,
  given: { means: Pick<Means, "country" | "clock">; trust: Trust; pki: Pki; checkBound: Bound },
): void {
  const { means, trust, pki } = given;
  const { clock, country } = means;
  const { languages, timeZone } = country;

  const begin = async (request: Request) => {
    const { language } = request.params as { language: Language };
    if (!isLanguage(language) || !languages.includes(language)) throw kernelProblem("not-found");
    return { timeZone, visit: await app.visits.visitor(request, languageOf(request, languages)) };
  };

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
    if (typed === "") return sendPage(reply, AuthoritiesPage(shown));
    const serial = readSerial(typed);
    const found = serial === undefined ? undefined : await pki.door.find(serial);
    return sendPage(reply, AuthoritiesPage({ ...shown, asked: { serial: typed, found } }), found ? 200 : 404);
  });

  app.get("/check", async (request, reply) => reply.redirect(`/${languageOf(request, languages)}/check`, 302));
  app.get<Page>("/:language/check", async (request, reply) => sendPage(reply, CheckPage(await begin(request))));
  app.post<Page>("/:language/check", { bodyLimit: MOST_UPLOAD, ...bounded(given.checkBound) }, async (request, reply) => {
    const shown = await begin(request);
    const { file, content } = await filesOf(request);
    if (!file) return sendPage(reply, CheckPage({ ...shown, nothing: true }), 422);
    const report = validate(file, { trusted: trust.anchors(), at: clock.now(), ...(content && { content }) });
    return sendPage(reply, CheckPage({ ...shown, report }));
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
