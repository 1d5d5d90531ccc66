import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import cookie from "@fastify/cookie";
import multipart from "@fastify/multipart";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { createAskers } from "./asker.ts";
import { parseForm, readJson, readUtf8 } from "./input.ts";
import { isLanguage, type Language, type Texts } from "./locale.ts";
import type { Log } from "./log.ts";
import type { Visit } from "./page/visit.ts";
import { createVisits } from "./page/visits.ts";
import { kernelProblem, kernelProblems, Problem, type ProblemTable } from "./problem.ts";

export type { FastifyInstance as App, FastifyReply as Reply, FastifyRequest as Request } from "fastify";
export { parseForm } from "./input.ts";

export const LANGUAGE_COOKIE = "language";
const PROBLEM_TYPE = "application/problem+json; charset=utf-8";
const BODY_LIMIT = 64 * 1024;
const ADDRESS_LIMIT = 8 * 1024;
/** Room for the sealed name of a record with a key of 200 letters. */
const SEGMENT_LIMIT = 600;

/** Draws a problem as a page for a person; given by the block that owns the look. JSON is sent to everyone else. */
export type ProblemPage = (request: FastifyRequest, problem: Problem, language: Language) => string | Promise<string>;

declare module "fastify" {
  interface FastifyInstance {
    /** Set by the block that draws pages. */
    problemPage: { draw?: ProblemPage };
    /** What can go wrong over HTTP, by the block whose word it begins with; the kernel's own come first. */
    problemTables: Record<string, ProblemTable>;
  }
}

export interface ServerMeans {
  log: Log;
  texts: Texts;
  /** In the order of the switch; the first is the default. */
  languages: Language[];
  /** As pages name it; a server without pages has none. */
  country?: Visit["country"];
  /** Tables of the blocks, by their names. */
  problems?: Record<string, ProblemTable>;
  /** Proxies whose word on the caller's address is taken (`X-Forwarded-For`): addresses or networks. Of nobody else. */
  proxies?: string[];
}

/**
 * The HTTP server of the house: closed schemas (JSON Schema 2020-12), strict UTF-8, bounded sizes, RFC 9457 problems in the person's
 * language, the same security headers everywhere, and no request from a foreign page may change anything.
 */
export async function createServer(means: ServerMeans): Promise<FastifyInstance> {
  const app = Fastify({
    logger: false,
    bodyLimit: BODY_LIMIT,
    trustProxy: means.proxies && means.proxies.length > 0 ? means.proxies : false,
    routerOptions: { maxParamLength: SEGMENT_LIMIT, ignoreTrailingSlash: true, querystringParser: readQuery },
    http: { requireHostHeader: false },
    forceCloseConnections: "idle",
    connectionTimeout: 60_000,
    requestTimeout: 60_000,
    frameworkErrors(error, request, reply) {
      protect(reply);
      void answerProblem(means, { error, request, reply });
    },
    clientErrorHandler: (error, socket) => answerBroken(means, { error, socket }),
  });
  // Else Node itself answers 417, without a word.
  app.server.on("checkExpectation", (request, response) => app.routing(request, response));
  const ajv = new Ajv2020({
    allErrors: true,
    coerceTypes: false,
    useDefaults: true,
    removeAdditional: false,
    strict: true,
    allowUnionTypes: true,
  });
  addFormats.default(ajv);
  app.setValidatorCompiler(({ schema }) => ajv.compile(schema as object));
  app.decorate("problemPage", {});
  app.decorate("visits", createVisits({ texts: means.texts, country: means.country ?? countryOf(means.languages) }));
  app.decorate("askers", createAskers());
  app.decorate("problemTables", { kernel: kernelProblems, ...means.problems });
  await app.register(cookie);
  await app.register(multipart, {
    limits: { fileSize: 10 * 1024 * 1024, files: 1, fields: 20, fieldSize: 16 * 1024, parts: 21, headerPairs: 50 },
  });
  readBodiesStrictly(app);
  // With a callback and not a promise: it runs for every request.
  app.addHook("onRequest", (request, reply, done) => {
    protect(reply);
    try {
      refuseUnreadable(request);
      refuseForeign(request);
    } catch (error) {
      return done(error as Error);
    }
    done();
  });
  app.setErrorHandler((error, request, reply) => answerProblem(means, { error, request, reply }));
  const methodsAt = listRoutes(app, means.languages);
  app.setNotFoundHandler((request, reply) => {
    const methods = methodsAt(request.url);
    if (methods.length === 0 || methods.includes(request.method)) throw kernelProblem("not-found");
    // RFC 9110, 15.5.6: who asks in a wrong way is told the right ones.
    reply.header("allow", methods.join(", "));
    throw kernelProblem("method-not-allowed");
  });
  return app;
}

function countryOf(offered: Language[]): Visit["country"] {
  const unnamed = { ky: "", ru: "", kk: "", en: "" };
  return { name: unnamed, portalName: unnamed, demo: false, languages: offered };
}

/** Remembers each route as it is added; gives the methods that an address knows, none where it is no address of the house. */
function listRoutes(app: FastifyInstance, offered: Language[]): (address: string) => string[] {
  const routes = new Map<string, { segments: string[]; methods: Set<string> }>();
  app.addHook("onRoute", ({ url, method }) => {
    const route = routes.get(url) ?? { segments: segmentsOf(url), methods: new Set<string>() };
    for (const one of [method].flat()) route.methods.add(one);
    routes.set(url, route);
  });
  // `/xx/…` in a language that is not offered is no address, whatever the method.
  const fits = (wanted: string, given: string) =>
    wanted === ":language" ? (offered as string[]).includes(given) : wanted.startsWith(":") ? given !== "" : wanted === given;
  return (address) => {
    const given = segmentsOf(address.split("?", 1)[0]!);
    const fitting = [...routes.values()].filter(
      ({ segments }) => segments.length === given.length && segments.every((segment, at) => fits(segment, given[at]!)),
    );
    return [...new Set(fitting.flatMap(({ methods }) => [...methods]))].sort();
  };
}

function segmentsOf(address: string): string[] {
  return address.replace(/(.)\/$/, "$1").split("/");
}

const securityHeaders: [string, string][] = [
  [
    "content-security-policy",
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'",
  ],
  ["x-content-type-options", "nosniff"],
  ["referrer-policy", "same-origin"],
  ["cross-origin-opener-policy", "same-origin"],
  ["permissions-policy", "camera=(), microphone=(), geolocation=()"],
];

function protect(reply: FastifyReply): void {
  for (const [header, value] of securityHeaders) reply.header(header, value);
}

/** Thrown inside the router a fault would end the process: it is handed on in place of the query, see refuseUnreadable. */
function readQuery(text: string): ReturnType<typeof parseForm> {
  try {
    return parseForm(text);
  } catch (error) {
    if (error instanceof Problem) return error as unknown as ReturnType<typeof parseForm>;
    throw error;
  }
}

/** An address that is too long, holds NUL or a broken query; a request that does not say to whom it speaks (RFC 9112, 3.2). */
function refuseUnreadable(request: FastifyRequest): void {
  if (request.url.length > ADDRESS_LIMIT) throw kernelProblem("uri-too-long");
  if (request.query instanceof Problem) throw request.query;
  if (request.url.includes("%00")) throw kernelProblem("bad-request");
  if (request.headers.host === undefined && request.raw.httpVersion !== "1.0") throw kernelProblem("bad-request");
}

/** A page of another site may not change anything here (Fetch Metadata; the Origin header for older browsers). */
function refuseForeign(request: FastifyRequest): void {
  if (request.method === "GET" || request.method === "HEAD" || request.method === "OPTIONS") return;
  const site = request.headers["sec-fetch-site"];
  if (site !== undefined) {
    if (site === "same-origin" || site === "none") return;
    throw kernelProblem("foreign-origin");
  }
  const origin = request.headers.origin;
  if (origin === undefined) return;
  if (origin === "null" || !URL.canParse(origin) || new URL(origin).host !== request.headers.host)
    throw kernelProblem("foreign-origin");
}

function readBodiesStrictly(app: FastifyInstance): void {
  app.removeContentTypeParser(["application/json", "text/plain"]);
  const parser = (type: string, read: (text: string) => unknown) =>
    app.addContentTypeParser(type, { parseAs: "buffer" }, async (_request: FastifyRequest, body: Buffer) => read(readUtf8(body)));
  parser("application/json", readJson);
  parser("application/x-www-form-urlencoded", parseForm);
}

/** The person's language: the address (`/ky/…`), else what was chosen before, else what the browser asks for, else the country's first. */
export function languageOf(request: FastifyRequest, offered: Language[]): Language {
  const { url, cookies, headers } = request;
  return chooseLanguage({ address: url, chosen: cookies?.[LANGUAGE_COOKIE], accepted: headers["accept-language"] }, offered);
}

function chooseLanguage(asked: { address?: string; chosen?: string; accepted?: string }, offered: Language[]): Language {
  const fits = (tag: string | undefined) => isLanguage(tag) && offered.includes(tag);
  const candidates = [/^\/([a-z]{2})(?:\/|$|\?)/.exec(asked.address ?? "")?.[1], asked.chosen];
  const known = candidates.find(fits) ?? readAccepted(asked.accepted ?? "").find(fits);
  return (known as Language | undefined) ?? offered[0] ?? "en";
}

/** Languages of an Accept-Language header (RFC 9110, 12.5.4), the most wanted first: `ru;q=0.5, kk-KZ` gives kk, ru. */
function readAccepted(header: string): string[] {
  return header
    .slice(0, 400)
    .split(",")
    .flatMap((part) => {
      const [, tag, weight = "1"] = /^\s*([a-z]{2})(?:-[a-z0-9-]+)?\s*(?:;\s*q=([0-9.]+)\s*)?$/i.exec(part) ?? [];
      return tag && Number(weight) > 0 ? [{ tag: tag.toLowerCase(), weight: Number(weight) }] : [];
    })
    .sort((a, b) => b.weight - a.weight)
    .map(({ tag }) => tag);
}

async function answerProblem(
  means: ServerMeans,
  given: { error: unknown; request: FastifyRequest; reply: FastifyReply },
): Promise<FastifyReply> {
  const { request, reply } = given;
  const problem = toProblem(given.error);
  const place = { code: problem.code, method: request.method, route: request.routeOptions?.url ?? "" };
  if (problem.status >= 500) means.log.fault("request failed", problem.cause ?? given.error, place);
  const language = languageOf(request, means.languages);
  reply.code(problem.status).header("cache-control", "no-store").header("content-language", language);
  const { seconds, minutes } = problem.params;
  // RFC 6585, 4: when it is worth asking again.
  if (problem.status === 429 && (seconds !== undefined || minutes !== undefined))
    reply.header("retry-after", String(seconds ?? Number(minutes) * 60));
  // RFC 9110, 15.5.2 and RFC 6750, 3: how a program may show who it is, and whether what it sent was wrong.
  if (problem.status === 401)
    reply.header("www-authenticate", request.headers.authorization ? 'Bearer error="invalid_token"' : "Bearer");
  const draw = (request.headers.accept ?? "").includes("text/html") ? request.server.problemPage.draw : undefined;
  if (draw) {
    try {
      const page = await draw(request, problem, language);
      return reply.type("text/html; charset=utf-8").send(page);
    } catch (error) {
      // The page of a problem must not hide the problem: it is told without one.
      means.log.fault("problem page failed", error, place);
    }
  }
  return reply.type(PROBLEM_TYPE).send(JSON.stringify(problemBody(problem, language, means.texts)));
}

/** What is no HTTP, too long a head or too slow never becomes a request; it is answered on the bare connection. */
function answerBroken(
  means: ServerMeans,
  given: { error: Error & { code?: string; rawPacket?: unknown }; socket: Socket },
): void {
  const { error, socket } = given;
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const overflow = error.code === "HPE_HEADER_OVERFLOW";
  const problem = kernelProblem(
    overflow ? "head-too-large" : error.code === "ERR_HTTP_REQUEST_TIMEOUT" ? "too-slow" : "bad-request",
  );
  const head = Buffer.isBuffer(error.rawPacket) ? error.rawPacket.toString("latin1") : "";
  const asked = { address: /^\S+ (\S+)/.exec(head)?.[1], accepted: /^accept-language:(.*)$/im.exec(head)?.[1] };
  const language = chooseLanguage(asked, means.languages);
  const body = JSON.stringify(problemBody(problem, language, means.texts));
  const headers = [
    ...securityHeaders,
    ["content-type", PROBLEM_TYPE],
    ["content-language", language],
    ["content-length", Buffer.byteLength(body)],
    ["cache-control", "no-store"],
    ["connection", "close"],
  ].map((header) => header.join(": "));
  socket.end(`${[`HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`, ...headers].join("\r\n")}\r\n\r\n${body}`);
}

/** The RFC 9457 body of a problem in a language. */
export function problemBody(problem: Problem, language: Language, texts: Texts): Record<string, unknown> {
  const [block, ...rest] = problem.code.split(".");
  const key = `${block}.problems.${rest.join(".")}`;
  return {
    ...problem.more,
    type: `/problems/${problem.code}`,
    title: texts.translate(language, `${key}.title`, problem.params),
    status: problem.status,
    detail: texts.translate(language, `${key}.detail`, problem.params),
    code: problem.code,
    ...(problem.fields.length > 0 && {
      fields: problem.fields.map((field) => ({
        pointer: field.pointer,
        detail: texts.translate(language, field.key, field.params),
      })),
    }),
  };
}

// The parser of uploads throws these bare; each means that what was sent is no proper multipart/form-data.
const brokenUpload = /^(Multipart: Boundary not found|Unexpected end of multipart data|\w+ terminated early|The needle cannot)/;

function toProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  const error: Partial<FastifyError> = thrown instanceof Error ? thrown : {};
  if (error.validation) {
    const fields = error.validation.slice(0, 50).map((fault) => {
      const params = fault.params as Record<string, unknown>;
      const name = params.additionalProperty ?? params.missingProperty;
      return {
        pointer: `${fault.instancePath}${name === undefined ? "" : `/${String(name).replaceAll("~", "~0").replaceAll("/", "~1")}`}`,
        key: `kernel.fields.${fault.keyword === "additionalProperties" ? "unknown" : fault.keyword === "required" ? "required" : "wrong"}`,
      };
    });
    return kernelProblem(error.validationContext === "params" ? "not-found" : "invalid-input", { fields });
  }
  const status = error.statusCode ?? (brokenUpload.test(error.message ?? "") ? 400 : 500);
  const name = problemOfStatus[status] ?? (status >= 400 && status < 500 ? "bad-request" : "internal");
  return kernelProblem(name, { cause: thrown });
}

const problemOfStatus: Record<number, keyof typeof kernelProblems> = {
  404: "not-found",
  406: "unsupported-media-type",
  413: "too-large",
  414: "uri-too-long",
  415: "unsupported-media-type",
};
