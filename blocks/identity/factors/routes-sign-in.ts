import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { type Entrance, field, sendPage, sendWrong, stepOf, trialOf, visitIn } from "./entrance.ts";
import { SCRIPT } from "./pages/parts.tsx";
import { LevelPage, SecondPage, WaysPage } from "./pages/sign-in.tsx";
import { waysOf } from "./ways.ts";

/** Showing who one is: password and second factor, passkey. The page where all ways stand is drawn by who knows the invented people. */
export function signInRoutes(entrance: Entrance): void {
  const { app, factors, arrivals } = entrance;
  const { signIn, passages } = factors;

  app.post("/:language/sign-in/password", async (request, reply) => {
    const step = await stepOf(entrance, request);
    const [identifier, password] = [field(request, "identifier"), field(request, "password")];
    const outcome = await signIn.password({ identifier, password }, trialOf(request));
    if (outcome.kind === "wrong")
      return sendWrong(
        request,
        reply,
        WaysPage({ visit: step.visit, ways: waysOf(factors, step, { wrong: "password", typed: identifier.slice(0, 254) }) }),
      );
    if (outcome.kind === "in") return arrivals.finish(request, reply, outcome.login);
    const { account, target, methods } = outcome;
    await passages.begin(reply, "second-factor", { account, target, methods });
    return reply.redirect(`/${step.visit.language}/sign-in/second${step.query}`, 303);
  });

  /** Whoever is signed in shows anew who it is: for a change of the account, and where a page asks for more. */
  app.get("/:language/sign-in/again", async (request, reply) => {
    const step = await stepOf(entrance, request);
    return sendPage(request, reply, WaysPage({ visit: step.visit, ways: waysOf(factors, step, { again: true }) }));
  });

  app.get("/:language/sign-in/second", async (request, reply) => {
    const { visit, query } = await stepOf(entrance, request);
    await passages.need(request, "second-factor");
    return sendPage(request, reply, SecondPage({ visit, query }));
  });

  app.post("/:language/sign-in/second", async (request, reply) => {
    const { visit, query } = await stepOf(entrance, request);
    const passage = await passages.need(request, "second-factor");
    const login = await signIn.second(passage.state, field(request, "code"), trialOf(request));
    if (!login) {
      const errors = { code: visit.t("identity.factors.second.wrong") };
      return sendWrong(request, reply, SecondPage({ visit, query, errors }));
    }
    await passages.finish(reply, passage);
    return arrivals.finish(request, reply, login);
  });

  app.post("/:language/sign-in/passkey", async (request, reply) => {
    const step = await stepOf(entrance, request);
    const login = await signIn.passkey(field(request, "answer"), trialOf(request));
    if (login) return arrivals.finish(request, reply, login);
    return sendWrong(request, reply, WaysPage({ visit: step.visit, ways: waysOf(factors, step, { wrong: "passkey" }) }));
  });

  app.get("/:language/level", async (request, reply) => {
    const visit = await visitIn(entrance, request);
    return sendPage(request, reply, LevelPage({ visit, register: factors.courier.kinds.length > 0 }));
  });

  const script = readFileSync(new URL("./pages/passkey.js", import.meta.url));
  const packed = gzipSync(script);
  app.get(SCRIPT, async (request, reply) => {
    reply
      .type("text/javascript; charset=utf-8")
      .header("cache-control", "public, max-age=3600")
      .header("vary", "accept-encoding");
    if (!(request.headers["accept-encoding"] ?? "").includes("gzip")) return reply.send(script);
    return reply.header("content-encoding", "gzip").send(packed);
  });
}
