import type { Means } from "@kerege/kernel/block";
import { type App, languageOf, type Reply, type Request } from "@kerege/kernel/http";
import { isLanguage, type Language } from "@kerege/kernel/locale";
import { kernelProblem } from "@kerege/kernel/problem";
import { trustProblem } from "../problems.ts";
import { sendPage } from "../send-page.ts";
import type { LogOfState } from "./log.ts";
import { LogPage } from "./pages/log.tsx";
import { MonitorPage } from "./pages/monitor.tsx";
import { parseTilePath, writeBundle } from "./tile.ts";

type Given = { means: Pick<Means, "country">; log: LogOfState };
type ProofQuery = { batch?: string; position?: string; place?: string; size?: string; from?: string; to?: string };

const IMMUTABLE = "public, max-age=31536000, immutable";
const count = { type: "string", pattern: "^(0|[1-9]\\d{0,15})$" } as const;
const MOST_CHECKPOINTS = 100;
const PAGE = 20;
const checkpointsQuery = {
  querystring: {
    type: "object",
    additionalProperties: false,
    properties: { below: count, limit: { type: "string", pattern: "^([1-9]\\d?|100)$" } },
  },
} as const;
const pageQuery = {
  querystring: { type: "object", additionalProperties: false, properties: { below: count } },
} as const;
const proofQuery = {
  querystring: {
    type: "object",
    additionalProperties: false,
    properties: {
      batch: { type: "string", format: "uuid" },
      position: count,
      place: count,
      size: count,
      from: count,
      to: count,
    },
  },
} as const;

/** What monitors, witnesses and people need to watch the log: open to all (C2SP tlog-tiles, and proofs as JSON). */
export function addLogRoutes(app: App, { means, log }: Given): void {
  const { country } = means;
  const languages = country.languages;

  app.get("/log", async (request, reply) => reply.redirect(`/${languageOf(request, languages)}/log`, 302));
  type Page = { Params: { language: Language }; Querystring: { below?: string } };
  const begin = async (request: Request, language: Language) => {
    if (!isLanguage(language) || !languages.includes(language)) throw kernelProblem("not-found");
    const view = await log.view();
    if (!view) throw trustProblem("not-in-log");
    return { visit: await app.visits.visitor(request, language), timeZone: country.timeZone, view };
  };
  app.get<Page>("/:language/log", async (request, reply) =>
    sendPage(reply, LogPage(await begin(request, request.params.language))),
  );
  app.get<Page>("/:language/log/monitor", { schema: pageQuery }, async (request, reply) => {
    const shown = await begin(request, request.params.language);
    const found = await log.store.checkpoints({ below: Number(request.query.below ?? Number.MAX_SAFE_INTEGER), limit: PAGE + 1 });
    return sendPage(reply, MonitorPage({ ...shown, checkpoints: found.slice(0, PAGE), before: found[PAGE] }));
  });
  app.get<{ Querystring: { below?: string; limit?: string } }>(
    "/log/checkpoints",
    { schema: checkpointsQuery },
    async (request, reply) => {
      const { below, limit = MOST_CHECKPOINTS } = request.query;
      const found = await log.store.checkpoints({ below: Number(below ?? Number.MAX_SAFE_INTEGER), limit: Number(limit) });
      const checkpoints = found.map(({ size, at, note, lines }) => ({ size, at, note, witnesses: lines }));
      return reply.header("cache-control", "public, max-age=2").send({ checkpoints });
    },
  );

  app.get("/log/checkpoint", async (_request, reply) => {
    const view = await log.view();
    if (!view) throw trustProblem("not-in-log");
    return sendText(reply, view.note);
  });
  app.get("/log/keys", async (_request, reply) => sendText(reply, log.keys()));

  app.get<{ Params: { "*": string } }>("/log/tile/*", async (request, reply) => {
    const asked = parseTilePath(request.params["*"]);
    const from = asked ? asked.number * 256 : 0;
    if (!asked || !Number.isSafeInteger(from)) throw kernelProblem("not-found");
    const hashes = await log.tree.tile(asked, asked.width);
    if (!hashes) throw kernelProblem("not-found");
    const bytes = asked.kind === "hashes" ? hashes : writeBundle(await log.store.roots(from, from + asked.width));
    return reply.header("cache-control", IMMUTABLE).type("application/octet-stream").send(bytes);
  });

  app.get<{ Querystring: ProofQuery }>("/log/proof", { schema: proofQuery }, async (request, reply) => {
    reply.header("cache-control", "no-store");
    return prove(log, request.query);
  });
}

/** By leaf (`batch`, `position`), by place in the log (`place`, `size`) or between two sizes (`from`, `to`). */
async function prove(log: LogOfState, asked: ProofQuery): Promise<unknown> {
  const { batch, position, place, from } = asked;
  if (batch !== undefined && position !== undefined) return log.door.prove({ batch, position: Number(position) });
  const { size: head } = (await log.store.head()) ?? { size: 0 };
  const size = Number(asked.size ?? asked.to ?? head);
  if (size > head) throw trustProblem("not-in-log");
  const written = (hashes: readonly Buffer[]) => hashes.map((hash) => hash.toString("base64"));
  if (place !== undefined) {
    if (Number(place) >= size) throw trustProblem("not-in-log");
    return { place: Number(place), size, path: written(await log.tree.inclusion(Number(place), size)) };
  }
  if (from === undefined) throw kernelProblem("invalid-input", { fields: [{ pointer: "", key: "kernel.fields.required" }] });
  if (Number(from) > size) throw trustProblem("not-in-log");
  return { from: Number(from), to: size, path: written(await log.tree.consistency(Number(from), size)) };
}

/** Changes every second or so: kept for no longer than that. */
function sendText(reply: Reply, text: string): Reply {
  return reply.header("cache-control", "public, max-age=2").type("text/plain; charset=utf-8").send(text);
}
