import assert from "node:assert/strict";
import { type AddressInfo, connect } from "node:net";
import { type App, createServer } from "../http.ts";
import { addLocales, createTexts, type Language } from "../locale.ts";
import { createLog } from "../log.ts";

export const texts = createTexts();
addLocales(texts, "kernel", new URL("../locales/", import.meta.url));

export const offered: Language[] = ["ky", "ru", "kk", "en"];

/** A server with a few routes of every kind; `lines` gathers what it logs, `received` the bodies that reached a route. */
export async function openTestServer(more: (app: App) => void = () => {}) {
  const lines: string[] = [];
  const received: unknown[] = [];
  const app = await createServer({ log: createLog((line) => lines.push(line)), texts, languages: offered });
  const keep = async (request: { body: unknown; query: unknown }) => {
    received.push(request.body);
    return { ok: true, query: request.query };
  };
  const properties = { name: { type: "string", maxLength: 50 }, age: { type: "integer", minimum: 0 } };
  const closed = { type: "object", additionalProperties: false, required: ["name"], properties };
  app.get("/", keep);
  app.get("/:language/page", keep);
  app.get(
    "/item/:id",
    { schema: { params: { type: "object", properties: { id: { type: "string", pattern: "^\\d+$" } } } } },
    keep,
  );
  app.get(
    "/search",
    { schema: { querystring: { type: "object", additionalProperties: false, properties: { q: { type: "string" } } } } },
    keep,
  );
  app.post("/form", { schema: { body: closed } }, keep);
  app.post("/:language/form", { schema: { body: closed } }, keep);
  app.post("/anything", keep);
  app.post("/upload", async (request) => {
    const file = await request.file();
    return { size: (await file?.toBuffer())?.length ?? null };
  });
  more(app);
  return { app, lines, received };
}

interface Answer {
  statusCode: number;
  headers: Record<string, unknown>;
  payload: string;
}

/** Asserts an RFC 9457 problem with its code in a language, under the security headers, and gives its body. */
export function assertProblem(
  answer: Answer,
  wanted: { status: number; code: string; language?: Language },
): Record<string, unknown> {
  const { status, code, language = "ky" } = wanted;
  assert.equal(answer.statusCode, status, answer.payload.slice(0, 300));
  assert.equal(answer.headers["content-type"], "application/problem+json; charset=utf-8");
  assert.equal(answer.headers["content-language"], language);
  assert.equal(answer.headers["cache-control"], "no-store");
  assertProtected(answer);
  const body = JSON.parse(answer.payload) as Record<string, unknown>;
  const key = code.replace(".", ".problems.");
  const { type, title, detail } = body;
  assert.deepEqual(
    { type, title, detail, code: body.code, status: body.status },
    {
      type: `/problems/${code}`,
      title: texts.translate(language, `${key}.title`),
      detail: texts.translate(language, `${key}.detail`),
      code,
      status,
    },
  );
  return body;
}

export function assertProtected({ headers }: Pick<Answer, "headers">): void {
  const policy = String(headers["content-security-policy"]);
  for (const part of [
    "default-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "form-action 'self'",
  ])
    assert.ok(policy.split("; ").includes(part), `${part} in ${policy}`);
  assert.ok(!policy.includes("unsafe"), policy);
  assert.equal(headers["x-content-type-options"], "nosniff");
  assert.equal(headers["referrer-policy"], "same-origin");
  assert.equal(headers["cross-origin-opener-policy"], "same-origin");
  assert.ok(headers["permissions-policy"]);
}

/** Sends bytes as they are over a connection of its own, and reads the first answer. */
export async function sendRaw(app: App, bytes: string | Buffer): Promise<Answer> {
  const { port } = app.server.address() as AddressInfo;
  const said = await new Promise<string>((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    const chunks: Buffer[] = [];
    socket.on("data", (chunk) => chunks.push(chunk));
    socket.on("error", (error) => (chunks.length > 0 ? resolve(Buffer.concat(chunks).toString()) : reject(error)));
    socket.on("close", () => resolve(Buffer.concat(chunks).toString()));
    socket.write(bytes);
  });
  const [head = "", ...rest] = said.split("\r\n\r\n");
  const [status = "", ...rows] = head.split("\r\n");
  const headers = Object.fromEntries(
    rows.map((row) => [row.slice(0, row.indexOf(":")).toLowerCase(), row.slice(row.indexOf(":") + 1).trim()]),
  );
  const payload = rest.join("\r\n\r\n");
  if (headers["content-length"] !== undefined) assert.equal(Buffer.byteLength(payload), Number(headers["content-length"]));
  return { statusCode: Number(status.split(" ")[1]), headers, payload };
}
