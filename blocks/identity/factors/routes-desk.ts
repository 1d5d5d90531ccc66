import type { Request } from "@kerege/kernel/http";
import { kernelProblem } from "@kerege/kernel/problem";
import type { AtDesk } from "../desk-reception.ts";
import { problem } from "../problems.ts";
import { ACTIVATE, CONFIRM, LINK } from "./activation.ts";
import { besideField, type Entrance, field, sendPage, sendWrong, visitIn } from "./entrance.ts";
import { readIdentifier } from "./identifier.ts";
import { ActivationPage, ActivationsPage, LinkOfficialPage } from "./pages/desk.tsx";

/** The desk where who a person is gets confirmed: one official asks for a code, another approves it. */
export function deskRoutes(entrance: Entrance): void {
  const { app, means, factors } = entrance;
  const { activations } = factors;
  const { timeZone } = means.country;
  app.visits.place({ path: "/desk/activations", key: "identity.factors.desk.title", rights: [ACTIVATE, CONFIRM, LINK] });
  const at = async (request: Request, ...rights: string[]): Promise<AtDesk> => {
    await visitIn(entrance, request);
    const desk = await entrance.desks.atDesk(request);
    if (!rights.some((right) => desk.rights.includes(right))) throw problem("post-lacks-right");
    return desk;
  };
  const list = async ({ visit, rights }: AtDesk, errors = {}) => {
    const may = { ask: rights.includes(ACTIVATE), link: rights.includes(LINK) };
    return ActivationsPage({ visit, now: means.clock.now(), timeZone, list: await activations.newest(), may, errors });
  };

  app.get("/:language/desk/activations", async (request, reply) =>
    sendPage(request, reply, await list(await at(request, ACTIVATE, CONFIRM, LINK))),
  );

  app.post("/:language/desk/activations", async (request, reply) => {
    const desk = await at(request, ACTIVATE);
    const read = readIdentifier(field(request, "pin"));
    let id = "";
    const errors =
      read?.kind === "pin"
        ? await besideField(
            async () => {
              id = await activations.request(desk.actor, read.pin);
            },
            { codes: ["identity.no-such-person", "identity.not-for-oneself"], field: "pin", visit: desk.visit },
          )
        : { pin: desk.visit.t("identity.factors.faults.pin") };
    if (id === "") return sendWrong(request, reply, await list(desk, errors));
    return reply.redirect(`/${desk.visit.language}/desk/activations/${id}`, 303);
  });

  const page = async ({ visit, rights, actor }: AtDesk, id: string, code?: string) => {
    const one = await activations.find(id);
    const own = one.requestedBy.endsWith(`/${actor.person}`);
    const may = { approve: rights.includes(CONFIRM), own };
    return ActivationPage({ visit, now: means.clock.now(), timeZone, one, may, ...(code !== undefined && { code }) });
  };
  const idOf = (request: Request) => (request.params as { id: string }).id;

  app.get("/:language/desk/activations/:id", async (request, reply) =>
    sendPage(request, reply, await page(await at(request, ACTIVATE, CONFIRM), idOf(request))),
  );

  app.post("/:language/desk/activations/:id", async (request, reply) => {
    const desk = await at(request, ACTIVATE, CONFIRM);
    const act = field(request, "act");
    if (act === "void") {
      await activations.void(idOf(request));
      return reply.redirect(`/${desk.visit.language}/desk/activations/${idOf(request)}`, 303);
    }
    if (act !== "approve") throw kernelProblem("bad-request");
    if (!desk.rights.includes(CONFIRM)) throw problem("post-lacks-right");
    const code = await activations.approve(desk.actor, idOf(request));
    return sendPage(request, reply, await page(desk, idOf(request), code));
  });

  app.get("/:language/desk/official-accounts", async (request, reply) => {
    const { visit } = await at(request, LINK);
    return sendPage(request, reply, LinkOfficialPage({ visit }));
  });

  app.post("/:language/desk/official-accounts", async (request, reply) => {
    const { visit, actor } = await at(request, LINK);
    const [official, read] = [field(request, "official").trim(), readIdentifier(field(request, "pin"))];
    const errors = {
      ...(!/^[\w-]{1,60}$/.test(official) && { official: visit.t("identity.factors.faults.official") }),
      ...(read?.kind !== "pin" && { pin: visit.t("identity.factors.faults.pin") }),
    };
    if (Object.keys(errors).length > 0 || read?.kind !== "pin")
      return sendWrong(request, reply, LinkOfficialPage({ visit, errors }));
    const wrong = await besideField(() => activations.link(actor, { official, pin: read.pin }), {
      codes: ["identity.no-such-person", "identity.linked-already", "identity.not-for-oneself"],
      field: "pin",
      visit,
    });
    if (wrong.pin) return sendWrong(request, reply, LinkOfficialPage({ visit, errors: wrong }));
    return sendPage(request, reply, LinkOfficialPage({ visit, done: true }));
  });
}
