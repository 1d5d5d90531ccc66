import type { App, Reply, Request } from "@kerege/kernel/http";
import { kernelProblem } from "@kerege/kernel/problem";
import type { ProofFile } from "@kerege/trust";
import { type Asking, readingOf } from "./api-asking.ts";
import { API } from "./api-register.ts";

/** Proofs as files: what the person, a body or a court keeps and has checked without this server. */
export function proofRoutes(app: App, { door, published, apiOf, keyIn, queryOf }: Asking): void {
  app.get("/api/me/reads/:id/proof", async (request, reply) => {
    const actor = await app.askers.need(request);
    // What was read about an official or a system is nobody's own.
    if (actor.kind !== "person") throw kernelProblem("sign-in-needed");
    const { id } = request.params as { id: string };
    return sendProof(reply, { proof: await door.readProof(actor, { id }), name: id });
  });

  app.get(`${API}/:register/records/:record/versions/:version/proof`, async (request: Request, reply) => {
    const api = apiOf(request);
    // Who recorded it and on what document stands in it: that is for those who say who they are.
    const actor = await app.askers.need(request);
    const query = queryOf(request, api, "proveVersion");
    const { record, version } = request.params as { record: string; version: string };
    const asker = { actor, known: true };
    const key = keyIn(request, api, asker);
    const { fields: _, ...reading } = readingOf(published, api, { query, asker });
    const proof = await door.eventProof(actor, {
      ...reading,
      key,
      version: /^[1-9]\d{0,8}$/.test(version) ? Number(version) : 0,
    });
    return sendProof(reply, { proof, name: `${reading.register}-${record}-${version}` });
  });
}

export function sendProof(reply: Reply, { proof, name }: { proof: ProofFile; name: string }): Reply {
  return reply
    .type("application/json; charset=utf-8")
    .header("cache-control", "private, no-store")
    .header("content-disposition", `attachment; filename="kerege-proof-${name.replaceAll(/[^A-Za-z0-9-]/g, "_")}.json"`)
    .send(JSON.stringify(proof));
}
