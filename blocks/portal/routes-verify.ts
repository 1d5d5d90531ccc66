import { bounded } from "@kerege/kernel/bound";
import type { App, Request } from "@kerege/kernel/http";
import { sendPage } from "./answer.ts";
import { one } from "./form.ts";
import { VerifyPage } from "./pages/verify.tsx";
import type { PortalMeans } from "./portal.ts";
import { checkLanguage } from "./routes-public.ts";

interface Given {
  pdf?: Buffer;
  text?: string;
}

/** Checking a document: open to all, keeps nothing. */
export function verifyRoutes(app: App, { means, needs, reception }: PortalMeans): void {
  const offered = means.country.languages;
  const { timeZone } = means.country;

  app.get("/verify", async (_request, reply) => reply.redirect(`/${offered[0]}/verify`, 302));
  app.get("/:language/verify", async (request, reply) => {
    checkLanguage(request, offered);
    const { visit } = await reception.visitor(request);
    return sendPage(request, reply, VerifyPage({ visit, timeZone }));
  });

  const options = { bodyLimit: 11 * 1024 * 1024, ...bounded(needs.trust.checkBound) };
  app.post("/:language/verify", options, async (request, reply) => {
    checkLanguage(request, offered);
    const { visit } = await reception.visitor(request);
    const given = await readGiven(request);
    if (!given.pdf && !given.text) return sendPage(request, reply.code(422), VerifyPage({ visit, timeZone, nothing: true }));
    return sendPage(
      request,
      reply,
      VerifyPage({ visit, timeZone, text: given.text, verdict: await needs.documents.check(given) }),
    );
  });
}

async function readGiven(request: Request): Promise<Given> {
  if (!request.isMultipart()) return { text: one(request.body, "text").trim().slice(0, 5000) || undefined };
  const given: Given = {};
  for await (const part of request.parts()) {
    if (part.type === "file") {
      const bytes = await part.toBuffer();
      if (part.fieldname === "file" && bytes.length > 0) given.pdf = bytes;
    } else if (part.fieldname === "text" && typeof part.value === "string")
      given.text = part.value.trim().slice(0, 5000) || undefined;
  }
  return given;
}
