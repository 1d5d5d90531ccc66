import type { App, Request } from "@kerege/kernel/http";
import type { Language } from "@kerege/kernel/locale";
import { kernelProblem, Problem } from "@kerege/kernel/problem";
import type { AtDesk, DeskReception } from "../desk-reception.ts";
import type { Desks } from "../desks.ts";
import { sendPage, sendWrong } from "../factors/entrance.ts";
import { NewProgramPage, NOTHING_TYPED, type TypedProgram } from "./pages/program-form.tsx";
import { ProgramPage, ProgramsPage, type ShownProgram } from "./pages/programs.tsx";
import { one } from "./paths.ts";
import type { ProgramDeclaration } from "./program.ts";
import type { Programs } from "./programs.ts";
import type { ClaimSources } from "./provider.ts";

/** Right of a post to say which programs may sign people in and ask, and how much. */
export const PROGRAMS = "identity.programs";

const MOST_NAME = 100;
const SYSTEM_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

type Errors = Record<string, string>;

export interface ProgramDesk {
  app: App;
  desks: DeskReception;
  identity: Pick<Desks, "clients" | "addClient" | "endClient"> & { programs: Programs };
  claimSources: Pick<ClaimSources, "bodyName">;
  /** Name of a post. */
  postName(code: string, language: Language): string | undefined;
  timeZone: string;
}

/** The desk where programs and systems of bodies are registered, bounded, suspended and ended, each with who did it. */
export function programRoutes({ app, desks, identity, claimSources, postName, timeZone }: ProgramDesk): void {
  const { programs } = identity;
  app.visits.place({ path: "/desk/programs", key: "identity.programs.title", rights: [PROGRAMS] });
  const at = (request: Request) => desks.atDesk(request, PROGRAMS);
  const home = ({ visit }: Pick<AtDesk, "visit">, id = "") => `/${visit.language}/desk/programs${id && `/${id}`}`;
  const idOf = (request: Request) => (request.params as { id: string }).id;
  const bodyOf = ({ visit }: AtDesk, code: string) => claimSources.bodyName?.(code, visit.language);

  const list = async (desk: AtDesk, given: { errors?: Errors; typed?: { body: string; name: string }; secret?: string } = {}) =>
    ProgramsPage({
      visit: desk.visit,
      timeZone,
      programs: (await programs.list()).map((program) => ({ program, owner: bodyOf(desk, program.body) ?? program.body })),
      systems: (await identity.clients()).map((system) => ({ system, owner: bodyOf(desk, system.body) ?? system.body })),
      ...given,
    });

  const shownOf = async (desk: AtDesk, id: string): Promise<ShownProgram> => {
    const program = await programs.read(id);
    const [done, busiest] = await Promise.all([programs.acts(id), programs.busiest(id)]);
    const acts = done.map((act) => ({ ...act, by: whoOf(desk, act.by) }));
    return { program, owner: bodyOf(desk, program.body) ?? program.body, acts, busiest };
  };

  /** Who did it, in words: records name actors by codes. */
  const whoOf = (desk: AtDesk, key: string): string => {
    const [, kind, rest = ""] = /^(official|system):(.*)$/.exec(key) ?? [];
    const [body = "", what = "", person = ""] = rest.split("/");
    const where = bodyOf(desk, body) ?? body;
    if (kind === "official") return `${where}, ${postName(what, desk.visit.language) ?? what} (${person})`;
    return kind === "system" ? [where, what].filter(Boolean).join(", ") : key;
  };

  app.get("/:language/desk/programs", async (request, reply) => sendPage(request, reply, await list(await at(request))));

  app.get("/:language/desk/programs/new", async (request, reply) => {
    const { visit } = await at(request);
    return sendPage(request, reply, NewProgramPage({ visit, typed: NOTHING_TYPED, errors: {} }));
  });

  app.post("/:language/desk/programs", async (request, reply) => {
    const desk = await at(request);
    const { visit } = desk;
    const typed = typedOf(request);
    const again = (errors: Errors) => sendWrong(request, reply, NewProgramPage({ visit, typed, errors }));
    if (!bodyOf(desk, typed.body)) return again({ body: visit.t("identity.programs.no-body") });
    const read = declarationOf(typed);
    if ("fault" in read) return again({ [read.fault]: visit.t(`identity.provider.declaration.${read.fault}`) });
    try {
      const { program, secret } = await programs.register(desk.actor, read.declared);
      const shown = await shownOf(desk, program.id);
      return sendPage(request, reply, ProgramPage({ visit, timeZone, shown, ...(secret && { secret }) }));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (error.code === "identity.program-exists") return again({ id: visit.t("identity.programs.taken") });
      if (error.code !== "identity.wrong-program") throw error;
      return again(faultsIn(error, visit.t));
    }
  });

  app.get("/:language/desk/programs/:id", async (request, reply) => {
    const desk = await at(request);
    return sendPage(request, reply, ProgramPage({ visit: desk.visit, timeZone, shown: await shownOf(desk, idOf(request)) }));
  });

  app.post("/:language/desk/programs/:id", async (request, reply) => {
    const desk = await at(request);
    const { actor, visit } = desk;
    const id = idOf(request);
    const again = async (errors: Errors) =>
      sendWrong(request, reply, ProgramPage({ visit, timeZone, shown: await shownOf(desk, id), errors }));
    const act = one(request.body, "act");
    try {
      if (act === "secret") {
        const secret = await programs.renewSecret(actor, id);
        return sendPage(request, reply, ProgramPage({ visit, timeZone, shown: await shownOf(desk, id), secret }));
      }
      if (act === "terms") {
        const quota = wholeOf(one(request.body, "quota"));
        await programs.changeTerms(actor, id, { agreement: one(request.body, "agreement").slice(0, 200), quota });
      } else if (act === "keys") await programs.replaceKeys(actor, id, jsonOf(one(request.body, "keys")));
      else if (act === "suspend") await programs.suspend(actor, id);
      else if (act === "resume") await programs.resume(actor, id);
      else if (act === "end" && one(request.body, "sure") !== "yes")
        return await again({ sure: visit.t("identity.programs.say-sure") });
      else if (act === "end") await programs.end(actor, id);
      else throw kernelProblem("bad-request");
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== "identity.wrong-program") throw error;
      return again(faultsIn(error, visit.t));
    }
    return reply.redirect(home(desk, act === "end" ? "" : id), 303);
  });

  app.post("/:language/desk/systems", async (request, reply) => {
    const desk = await at(request);
    const typed = { body: one(request.body, "body").trim().slice(0, 60), name: one(request.body, "name").trim() };
    const errors = {
      ...(!bodyOf(desk, typed.body) && { "system-body": desk.visit.t("identity.programs.no-body") }),
      ...((typed.name === "" || typed.name.length > MOST_NAME) && { "system-name": desk.visit.t("identity.programs.say-name") }),
    };
    if (Object.keys(errors).length > 0) return sendWrong(request, reply, await list(desk, { errors, typed }));
    const { secret } = await identity.addClient(desk.actor, typed);
    return sendPage(request, reply, await list(desk, { secret }));
  });

  app.post("/:language/desk/systems/:id", async (request, reply) => {
    const desk = await at(request);
    if (one(request.body, "act") !== "end" || !SYSTEM_ID.test(idOf(request))) throw kernelProblem("bad-request");
    await identity.endClient(idOf(request));
    return reply.redirect(home(desk), 303);
  });
}

/** Each fault beside the field of the form that it is about. */
function faultsIn(problem: Problem, t: (key: string) => string): Errors {
  return Object.fromEntries(problem.fields.map(({ pointer, key }) => [pointer.slice(1) || "id", t(key)]));
}

const wholeOf = (text: string): number => (/^\d{1,9}$/.test(text.replaceAll(/\s/g, "")) ? Number(text.replaceAll(/\s/g, "")) : 0);

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const linesOf = (text: string): string[] => text.split(/\s+/).filter(Boolean);

function typedOf(request: Request): TypedProgram {
  const text = (name: string) => one(request.body, name).trim().slice(0, 8000);
  const { scopes } = (request.body ?? {}) as { scopes?: unknown };
  return {
    id: text("id"),
    name: text("name"),
    body: text("body"),
    profile: text("profile"),
    agreement: text("agreement"),
    authMethod: text("authMethod"),
    keys: text("keys"),
    redirectUris: text("redirectUris"),
    signOutUris: text("signOutUris"),
    backChannelUri: text("backChannelUri"),
    scopes: [scopes].flat().filter((scope): scope is string => typeof scope === "string"),
    boundTokens: text("boundTokens") === "yes",
    quota: text("quota"),
  };
}

/** The typed form as a declaration; what it is worth is judged where every declaration is. */
function declarationOf(typed: TypedProgram): { declared: Partial<ProgramDeclaration> } | { fault: "keys" } {
  const { agreement, keys: text, backChannelUri, quota, ...rest } = typed;
  const signed = typed.authMethod === "private_key_jwt";
  const keys = signed && text !== "" ? jsonOf(text) : undefined;
  if (signed && keys === undefined) return { fault: "keys" };
  const declared = {
    ...rest,
    redirectUris: linesOf(typed.redirectUris),
    signOutUris: linesOf(typed.signOutUris),
    ...(agreement !== "" && { agreement }),
    ...(backChannelUri !== "" && { backChannelUri }),
    ...(keys !== undefined && { keys }),
    ...(quota !== "" && { quota: wholeOf(quota) }),
  };
  return { declared: declared as Partial<ProgramDeclaration> };
}
