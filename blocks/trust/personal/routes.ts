import { createHash } from "node:crypto";
import type { Means } from "@kerege/kernel/block";
import { type App, languageOf, type Reply, type Request } from "@kerege/kernel/http";
import { isLanguage, type Language } from "@kerege/kernel/locale";
import type { Visit } from "@kerege/kernel/page";
import { kernelProblem, Problem } from "@kerege/kernel/problem";
import type { VNode } from "preact";
import { type problems, trustProblem } from "../problems.ts";
import { sendPage } from "../send-page.ts";
import type { SigningRequest } from "./contract.ts";
import { maySign, type Person, phraseFault } from "./keys.ts";
import { MySignatures, type OwnFault } from "./pages/my-signatures.tsx";
import { SignPage } from "./pages/sign.tsx";
import type { Signatures } from "./signatures.ts";

const PAGE = 20;
const MOST_UPLOAD = 11 * 1024 * 1024;
const id = { type: "string", format: "uuid" } as const;
const idParam = {
  params: { type: "object", required: ["language", "id"], properties: { language: { type: "string" }, id } },
} as const;

type Named = { Params: { language: Language; id: string } };
type Plain = { Params: { language: Language } };

/** A person's keys, what waits to be signed and what was. Nothing here is open to anyone but the person in his or her own name. */
export function addPersonalRoutes(
  app: App,
  { means, signatures }: { means: Pick<Means, "country">; signatures: Signatures },
): void {
  const { country } = means;
  const languages = country.languages;
  const { keys } = signatures;

  const begin = async (request: Request): Promise<{ actor: Person; visit: Visit; language: Language }> => {
    const { language } = request.params as { language: Language };
    if (!isLanguage(language) || !languages.includes(language)) throw kernelProblem("not-found");
    const actor = await app.askers.need(request, "person");
    if (!maySign(actor)) throw trustProblem("own-name-only");
    return { actor, language, visit: await app.visits.visitor(request, languageOf(request, languages)) };
  };

  async function own(request: Request, fault?: OwnFault): Promise<VNode> {
    const { actor, visit } = await begin(request);
    const [key, certificates, lines] = await Promise.all([
      keys.own(actor),
      keys.certificates(actor),
      signatures.list(actor, { ...(await before(request, actor)), limit: PAGE + 1 }),
    ]);
    const more = lines.length > PAGE;
    return MySignatures({ visit, timeZone: country.timeZone, key, certificates, lines: lines.slice(0, PAGE), more, fault });
  }
  /** The page goes on after a request of one's own; any other id begins anew. */
  async function before(request: Request, actor: Person) {
    const { after } = request.query as { after?: string };
    const last = after === undefined ? undefined : await signatures.door.find(actor.pin, after);
    return last ? { before: { at: last.createdAt, id: last.id } } : {};
  }
  const home = (language: Language) => `/${language}/cabinet/signatures`;

  app.get<Plain>("/:language/cabinet/signatures", async (request, reply) => sendPage(reply, await own(request)));

  app.post<Plain>("/:language/cabinet/signatures/key", async (request, reply) => {
    const { actor, language } = await begin(request);
    const { phrase, again } = wordsOf(request);
    const fault = phraseFault(phrase, again, actor.pin);
    if (fault) return sendPage(reply, await own(request, { form: "key", text: `trust.personal.phrase-faults.${fault}` }), 422);
    await keys.make(actor, phrase);
    return reply.redirect(home(language), 303);
  });

  app.post<Plain>("/:language/cabinet/signatures/phrase", async (request, reply) => {
    const { actor, language } = await begin(request);
    const { old, phrase, again } = wordsOf(request);
    const fault = phraseFault(phrase, again, actor.pin);
    if (fault) return sendPage(reply, await own(request, { form: "phrase", text: `trust.personal.phrase-faults.${fault}` }), 422);
    const wrong = await orWrongPhrase(() => keys.changePhrase(actor, { old, new: phrase }));
    if (wrong) return sendPage(reply, await own(request, { form: "old", ...wrong }), 422);
    return reply.redirect(home(language), 303);
  });

  app.post<Plain>("/:language/cabinet/signatures/give-up", async (request, reply) => {
    const { actor, language } = await begin(request);
    if (!wordsOf(request).sure)
      return sendPage(reply, await own(request, { form: "give-up", text: "trust.personal.say-sure" }), 422);
    await keys.giveUp(actor);
    return reply.redirect(home(language), 303);
  });

  app.post<Plain>("/:language/cabinet/signatures/own", { bodyLimit: MOST_UPLOAD }, async (request, reply) => {
    const { actor, language } = await begin(request);
    const file = await fileOf(request);
    if (!file) return sendPage(reply, await own(request, { form: "own", text: "trust.personal.no-file" }), 422);
    const isPdf = file.content.subarray(0, 5).toString("latin1") === "%PDF-";
    try {
      const asked = await signatures.door.ask(actor.pin, {
        ...{ title: file.name, media: isPdf ? "application/pdf" : "text/plain", content: file.content },
        ...{ kind: "advanced", askedBy: "trust", reference: "own", back: "/cabinet/signatures" },
      });
      return reply.redirect(`/${language}${asked.path}`, 303);
    } catch (problem) {
      if (!isOf(problem, "unfit-to-sign")) throw problem;
      return sendPage(reply, await own(request, { form: "own", text: "trust.personal.unfit-file" }), 422);
    }
  });

  app.get<Named>("/:language/cabinet/signatures/:id/file", { schema: idParam }, async (request, reply) => {
    const { actor } = await begin(request);
    const found = await signatures.show(actor, request.params.id);
    if (!found.signed) throw trustProblem("no-such-request");
    return sendFile(reply, nameOf(found), found.signed);
  });

  /** What is to be signed, as a file: the bytes that will be signed. */
  app.get<Named>("/:language/sign/:id/content", { schema: idParam }, async (request, reply) => {
    const { actor } = await begin(request);
    const { media, content } = await signatures.show(actor, request.params.id);
    return sendFile(reply, media === "application/pdf" ? "document.pdf" : "document.txt", content);
  });

  async function step(request: Request, id: string, fault?: { text: string; left?: number }): Promise<VNode> {
    const { actor, visit } = await begin(request);
    const shown = await signatures.show(actor, id);
    const key = shown.kind === "advanced" ? await keys.own(actor) : undefined;
    const digest = createHash("sha256").update(shown.content).digest("hex");
    return SignPage({ visit, timeZone: country.timeZone, shown, key, digest, fault });
  }

  app.get<Named>("/:language/sign/:id", { schema: idParam }, async (request, reply) =>
    sendPage(reply, await step(request, request.params.id)),
  );

  app.post<Named>("/:language/sign/:id", { schema: idParam }, async (request, reply) => {
    const { actor, visit, language } = await begin(request);
    const { id } = request.params;
    const { back, kind } = await signatures.show(actor, id);
    const { answer, phrase } = wordsOf(request);
    if (answer === "decline") await signatures.decline(actor, id);
    else if (kind === "simple")
      await signatures.agree(actor, id, { agreed: visit.t("trust.personal.agree"), shown: await app.askers.shown(request) });
    else {
      const wrong = await orWrongPhrase(() => signatures.sign(actor, id, phrase));
      if (wrong) return sendPage(reply, await step(request, id, wrong), 422);
    }
    return reply.redirect(`/${language}${back}`, 303);
  });
}

/** Only the fields these forms have; the last of several. */
function wordsOf(request: Request): { phrase: string; again: string; old: string; answer: string; sure: boolean } {
  const body = (request.body ?? {}) as Record<string, unknown>;
  const word = (name: string): string => {
    const value = Array.isArray(body[name]) ? body[name].at(-1) : body[name];
    return typeof value === "string" ? value : "";
  };
  return { phrase: word("phrase"), again: word("again"), old: word("old"), answer: word("answer"), sure: word("sure") === "yes" };
}

async function fileOf(request: Request): Promise<{ name: string; content: Buffer } | undefined> {
  if (!request.isMultipart()) return undefined;
  for await (const part of request.parts()) {
    if (part.type !== "file" || part.fieldname !== "file") continue;
    const content = await part.toBuffer();
    // A name is shown and signed beside nothing: it only helps to find the file again.
    const name = part.filename.replaceAll(/[\p{C}\\/]/gu, "").slice(-100);
    if (content.length > 0) return { name: name || "document", content };
  }
  return undefined;
}

const isOf = (error: unknown, name: keyof typeof problems): error is Problem =>
  error instanceof Problem && error.code === `trust.${name}`;

/** A phrase that was wrong is said beside the field; everything else goes on as it came. */
async function orWrongPhrase(act: () => Promise<void>): Promise<{ text: string; left: number } | undefined> {
  try {
    await act();
    return undefined;
  } catch (error) {
    if (!isOf(error, "wrong-phrase")) throw error;
    return { text: "trust.personal.wrong-phrase", left: Number(error.params?.left ?? 0) };
  }
}

function nameOf({ id, signed, media }: SigningRequest): string {
  const isPdf = media === "application/pdf" && signed?.subarray(0, 5).toString("latin1") === "%PDF-";
  return `signed-${id.slice(-6)}.${isPdf ? "pdf" : "p7m"}`;
}

function sendFile(reply: Reply, name: string, content: Buffer): Reply {
  const media = name.endsWith(".pdf")
    ? "application/pdf"
    : name.endsWith(".txt")
      ? "text/plain; charset=utf-8"
      : "application/pkcs7-mime";
  return reply
    .header("cache-control", "private, no-store")
    .header("content-disposition", `attachment; filename="${name}"`)
    .type(media)
    .send(content);
}
