import { TextDecoder } from "node:util";
import cookie from "@fastify/cookie";
import multipart from "@fastify/multipart";
import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { isLanguage, type Language, type Texts } from "./locale.ts";
import type { Log } from "./log.ts";
import { kernelProblem, Problem } from "./problem.ts";

export type { FastifyInstance as App, FastifyReply as Reply, FastifyRequest as Request } from "fastify";

export const LANGUAGE_COOKIE = "language";
const BODY_LIMIT = 64 * 1024;
const FIELDS_LIMIT = 200;

/** Draws a problem as a page for a person; given by the block that owns the look. JSON is sent to everyone else. */
export type ProblemPage = (request: FastifyRequest, problem: Problem, language: Language) => string | Promise<string>;

declare module "fastify" {
  interface FastifyInstance {
    /** Set by the block that draws pages. */
    problemPage: { draw?: ProblemPage };
  }
}

export interface ServerMeans {
  log: Log;
  texts: Texts;
  /** In the order of the switch; the first is the default. */
  languages: Language[];
}

/**
 * The HTTP server of the house: closed schemas (JSON Schema 2020-12), strict UTF-8, bounded sizes, RFC 9457 problems in the person's
 * language, the same security headers everywhere, and no request from a foreign page may change anything.
 */
export async function createServer(means: ServerMeans): Promise<FastifyInstance> {
  const app = Fastify({
    logger: false,
    bodyLimit: BODY_LIMIT,
    trustProxy: false,
    routerOptions: { maxParamLength: 200, ignoreTrailingSlash: true, querystringParser: parseQuery },
    forceCloseConnections: "idle",
    connectionTimeout: 60_000,
    requestTimeout: 60_000,
    clientErrorHandler(error, socket) {
      if (!socket.writable) return;
      const tooLong = (error as NodeJS.ErrnoException).code === "HPE_HEADER_OVERFLOW";
      const status = tooLong ? "431 Request Header Fields Too Large" : "400 Bad Request";
      socket.end(`HTTP/1.1 ${status}\r\nContent-Type: application/problem+json\r\nConnection: close\r\n\r\n{"type":"kernel.bad-request","status":${tooLong ? 431 : 400}}`);
    },
  });
  const ajv = new Ajv2020({ allErrors: true, coerceTypes: false, useDefaults: true, removeAdditional: false, strict: true, allowUnionTypes: true });
  addFormats.default(ajv);
  app.setValidatorCompiler(({ schema }) => ajv.compile(schema as object));
  app.decorate("problemPage", {});
  await app.register(cookie);
  await app.register(multipart, { limits: { fileSize: 10 * 1024 * 1024, files: 1, fields: 20, fieldSize: 16 * 1024, parts: 21, headerPairs: 50 } });
  readBodiesStrictly(app);
  app.addHook("onRequest", async (request, reply) => {
    for (const [header, value] of securityHeaders) reply.header(header, value);
    refuseForeign(request);
  });
  app.setErrorHandler((error: FastifyError | Problem, request, reply) => answerProblem(means, { error, request, reply }));
  app.setNotFoundHandler(() => {
    throw kernelProblem("not-found");
  });
  return app;
}

const securityHeaders: [string, string][] = [
  ["content-security-policy", "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"],
  ["x-content-type-options", "nosniff"],
  ["referrer-policy", "same-origin"],
  ["cross-origin-opener-policy", "same-origin"],
  ["permissions-policy", "camera=(), microphone=(), geolocation=()"],
];

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
  if (origin === "null" || !URL.canParse(origin) || new URL(origin).host !== request.headers.host) throw kernelProblem("foreign-origin");
}

function readBodiesStrictly(app: FastifyInstance): void {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const decode = (body: Buffer) => {
    try {
      return decoder.decode(body);
    } catch (cause) {
      throw kernelProblem("not-utf-8", { cause });
    }
  };
  app.removeContentTypeParser(["application/json", "text/plain"]);
  app.addContentTypeParser("application/json", { parseAs: "buffer" }, async (_request: FastifyRequest, body: Buffer) => {
    try {
      return JSON.parse(decode(body), withoutPrototypes);
    } catch (cause) {
      if (cause instanceof Problem) throw cause;
      throw kernelProblem("bad-request", { cause });
    }
  });
  app.addContentTypeParser("application/x-www-form-urlencoded", { parseAs: "buffer" }, async (_request: FastifyRequest, body: Buffer) =>
    parseForm(decode(body)),
  );
}

function withoutPrototypes(key: string, value: unknown): unknown {
  if (key === "__proto__" || key === "constructor" || key === "prototype") throw kernelProblem("bad-request");
  return value;
}

/** `a=1&b=2&b=3` to `{ a: "1", b: ["2", "3"] }`; a broken escape or too many fields is a bad request, never a guess. */
export function parseForm(body: string): Record<string, string | string[]> {
  const result: Record<string, string | string[]> = Object.create(null);
  if (body === "") return result;
  const pairs = body.split("&");
  if (pairs.length > FIELDS_LIMIT) throw kernelProblem("bad-request");
  for (const pair of pairs) {
    if (pair === "") continue;
    const cut = pair.indexOf("=");
    const key = unescape(cut < 0 ? pair : pair.slice(0, cut));
    const value = cut < 0 ? "" : unescape(pair.slice(cut + 1));
    const earlier = result[key];
    result[key] = earlier === undefined ? value : [earlier, value].flat();
  }
  return result;
}

function parseQuery(query: string): Record<string, string | string[]> {
  return parseForm(query);
}

function unescape(text: string): string {
  try {
    const decoded = decodeURIComponent(text.replaceAll("+", " "));
    if (decoded.includes("\u0000")) throw kernelProblem("bad-request");
    return decoded;
  } catch (cause) {
    if (cause instanceof Problem) throw cause;
    throw kernelProblem("not-utf-8", { cause });
  }
}

/** The person's language: the address (`/ky/…`), else what was chosen before, else what the browser asks for, else the country's first. */
export function languageOf(request: FastifyRequest, offered: Language[]): Language {
  const inPath = /^\/([a-z]{2})(?:\/|$|\?)/.exec(request.url)?.[1];
  if (isLanguage(inPath) && offered.includes(inPath)) return inPath;
  const chosen = request.cookies?.[LANGUAGE_COOKIE];
  if (isLanguage(chosen) && offered.includes(chosen)) return chosen;
  for (const part of (request.headers["accept-language"] ?? "").slice(0, 200).split(",")) {
    const tag = part.trim().slice(0, 2).toLowerCase();
    if (isLanguage(tag) && offered.includes(tag)) return tag;
  }
  return offered[0] ?? "en";
}

async function answerProblem(means: ServerMeans, given: { error: FastifyError | Problem; request: FastifyRequest; reply: FastifyReply }): Promise<FastifyReply> {
  const { request, reply } = given;
  const problem = toProblem(given.error);
  if (problem.status >= 500) means.log.fault("request failed", problem.cause ?? given.error, { code: problem.code, method: request.method, route: request.routeOptions?.url ?? "" });
  const language = languageOf(request, means.languages);
  reply.code(problem.status).header("cache-control", "no-store").header("content-language", language);
  const wantsPage = (request.headers.accept ?? "").includes("text/html") && request.server.problemPage.draw;
  if (wantsPage) return reply.type("text/html; charset=utf-8").send(await wantsPage(request, problem, language));
  return reply.type("application/problem+json; charset=utf-8").send(JSON.stringify(problemBody(problem, language, means.texts)));
}

/** The RFC 9457 body of a problem in a language. */
export function problemBody(problem: Problem, language: Language, texts: Texts): Record<string, unknown> {
  const [block, ...rest] = problem.code.split(".");
  const key = `${block}.problems.${rest.join(".")}`;
  return {
    type: `/problems/${problem.code}`,
    title: texts.translate(language, `${key}.title`, problem.params),
    status: problem.status,
    detail: texts.translate(language, `${key}.detail`, problem.params),
    code: problem.code,
    ...(problem.fields.length > 0 && {
      fields: problem.fields.map((field) => ({ pointer: field.pointer, detail: texts.translate(language, field.key, field.params) })),
    }),
  };
}

function toProblem(error: FastifyError | Problem): Problem {
  if (error instanceof Problem) return error;
  if (error.validation) {
    const fields = error.validation.slice(0, 50).map((fault) => {
      const params = fault.params as Record<string, unknown>;
      const name = params.additionalProperty ?? params.missingProperty;
      return {
        pointer: `${fault.instancePath}${name === undefined ? "" : `/${String(name)}`}`,
        key: `kernel.fields.${fault.keyword === "additionalProperties" ? "unknown" : fault.keyword === "required" ? "required" : "wrong"}`,
      };
    });
    return kernelProblem(error.validationContext === "params" ? "not-found" : "invalid-input", { fields });
  }
  const status = error.statusCode ?? 500;
  if (error.code === "FST_ERR_CTP_BODY_TOO_LARGE" || status === 413) return kernelProblem("too-large");
  if (error.code === "FST_ERR_CTP_INVALID_MEDIA_TYPE" || status === 415 || status === 406) return kernelProblem("unsupported-media-type");
  if (status === 404) return kernelProblem("not-found");
  if (status === 414) return kernelProblem("uri-too-long");
  if (status >= 400 && status < 500) return kernelProblem("bad-request", { cause: error });
  return kernelProblem("internal", { cause: error });
}
