import type { Reply, Request } from "@kerege/kernel/http";
import type { Visit } from "@kerege/kernel/page";
import { problem } from "../problems.ts";
import { one } from "../provider/paths.ts";
import type { Session } from "../session.ts";
import type { Account } from "./account.ts";
import { besideField, type Entrance, field, sendPage, sendWrong, sessionOf, trialOf, visitIn } from "./entrance.ts";
import { readIdentifier, veil } from "./identifier.ts";
import { MessagesPage } from "./pages/messages.tsx";
import type { Errors } from "./pages/parts.tsx";
import { CodePage, KeptCodesPage, PasswordPage } from "./pages/register.tsx";
import { AddChannelPage, AddPasskeyPage, HistoryPage, SecurityPage } from "./pages/security.tsx";
import { appPage, newTotp } from "./routes-activate.ts";
import { addressFault, passwordErrors } from "./routes-register.ts";

interface Owner {
  visit: Visit;
  session: Session;
  account: Account;
}

/** What a person sees and changes about the own account. A change needs that one has just signed in, as surely as one can. */
export function securityRoutes(entrance: Entrance): void {
  const { app, means, factors } = entrance;
  const { security, passages, passkeys, registration, codes, courier, signIn, attempts } = factors;
  const { timeZone } = means.country;
  const demo = factors.demoCourier !== undefined;
  const agent = (request: Request) => request.headers["user-agent"] ?? "";
  const home = (language: string) => `/${language}/cabinet/security`;

  type Draw = (owner: Owner, request: Request, reply: Reply) => Promise<Reply>;
  /** A page of a change. Whose sign-in is not fresh or strong enough shows anew who it is, and comes back. */
  const fresh = (method: "get" | "post", path: string, draw: Draw) =>
    app[method](`/:language/cabinet/security${path}`, async (request, reply) => {
      const visit = await visitIn(entrance, request);
      const session = await sessionOf(entrance, request);
      const account = await factors.accountOf(session.pin);
      if (!account) throw problem("no-account");
      if (!(await security.isFresh(session))) {
        const back = method === "get" ? `${home(visit.language)}${path}` : home(visit.language);
        return reply.redirect(`/${visit.language}/sign-in/again?return=${encodeURIComponent(back)}`, 303);
      }
      return draw({ visit, session, account }, request, reply);
    });

  app.get("/:language/cabinet/security", async (request, reply) => {
    const visit = await visitIn(entrance, request);
    const session = await sessionOf(entrance, request);
    const overview = await security.of(session.pin);
    const page = SecurityPage({ visit, overview, assurance: session.assurance, timeZone, kinds: courier.kinds });
    return sendPage(request, reply, page);
  });

  app.get("/:language/cabinet/security/history", async (request, reply) => {
    const visit = await visitIn(entrance, request);
    const session = await sessionOf(entrance, request);
    return sendPage(request, reply, HistoryPage({ visit, timeZone, events: await security.events(session.pin) }));
  });

  const passkeyPage = async ({ visit, account }: Owner, refused = false) => {
    if (!account.confirmedAt) throw problem("assurance-too-low", { params: { what: "substantial" } });
    const { authenticators } = await security.of(account.pin);
    const known = authenticators.flatMap(({ kind, credential }) => (kind === "passkey" && credential ? [credential] : []));
    const options = passkeys.creation({ account: account.id, name: account.name, known, language: visit.language });
    return AddPasskeyPage({ visit, options, refused });
  };
  fresh("get", "/passkey", async (owner, request, reply) => sendPage(request, reply, await passkeyPage(owner)));
  fresh("post", "/passkey", async (owner, request, reply) => {
    const { account, visit } = owner;
    if (!account.confirmedAt) throw problem("assurance-too-low", { params: { what: "substantial" } });
    const given = { answer: field(request, "answer"), name: field(request, "name"), userAgent: agent(request) };
    if (await security.addPasskey(account, given)) return reply.redirect(home(visit.language), 303);
    return sendWrong(request, reply, await passkeyPage(owner, true));
  });

  const passwordPage = (visit: Visit, errors?: Errors) =>
    PasswordPage({
      visit,
      title: visit.t("identity.factors.security.to-password"),
      action: `${home(visit.language)}/password`,
      ...(errors && { errors }),
    });
  fresh("get", "/password", async ({ visit }, request, reply) => sendPage(request, reply, passwordPage(visit)));
  fresh("post", "/password", async ({ visit, account }, request, reply) => {
    const errors = passwordErrors(entrance, { request, visit, words: [account.pin, ...account.name.split(" ")] });
    if (errors) return sendWrong(request, reply, passwordPage(visit, errors));
    await security.changePassword(account, field(request, "password"), agent(request));
    return reply.redirect(home(visit.language), 303);
  });

  fresh("get", "/app", async ({ visit, account }, request, reply) => {
    const sealed = newTotp(entrance, account.id);
    await passages.begin(reply, "add-totp", { account: account.id, totp: sealed });
    const action = `${home(visit.language)}/app`;
    return sendPage(request, reply, appPage(entrance, { visit, account: account.id, sealed, action }));
  });
  fresh("post", "/app", async ({ visit, account }, request, reply) => {
    const passage = await passages.need(request, "add-totp");
    const { totp, account: owner } = passage.state;
    if (owner !== account.id) throw problem("passage-over");
    await attempts.guess({ target: `app ${owner}`, from: trialOf(request).from });
    if (!(await registration.addTotp(owner, { sealed: totp, code: field(request, "code") }))) {
      const errors = { code: visit.t("identity.factors.app.wrong") };
      const action = `${home(visit.language)}/app`;
      return sendWrong(request, reply, appPage(entrance, { visit, account: owner, sealed: totp, action, errors }));
    }
    await passages.finish(reply, passage);
    await security.added(account, "totp", agent(request));
    return reply.redirect(home(visit.language), 303);
  });

  fresh("get", "/codes", async ({ visit }, request, reply) =>
    sendPage(
      request,
      reply,
      KeptCodesPage({
        visit,
        codes: [],
        action: `${home(visit.language)}/codes`,
        button: visit.t("identity.factors.codes.make"),
      }),
    ),
  );
  fresh("post", "/codes", async ({ visit, account }, request, reply) => {
    const made = await registration.newRecoveryCodes(account.id);
    await security.added(account, "recovery", agent(request));
    const button = visit.t("identity.factors.codes.kept");
    const done = `${home(visit.language)}/kept`;
    return sendPage(request, reply, KeptCodesPage({ visit, codes: made, action: done, button }));
  });
  app.post("/:language/cabinet/security/kept", async (request, reply) => {
    const visit = await visitIn(entrance, request);
    await sessionOf(entrance, request);
    return reply.redirect(home(visit.language), 303);
  });

  fresh("post", "/factors/:id/remove", async ({ visit, session }, request, reply) => {
    await security.remove(session.pin, (request.params as { id: string }).id, agent(request));
    return reply.redirect(home(visit.language), 303);
  });
  fresh("post", "/channels/:id/remove", async ({ visit, session }, request, reply) => {
    await security.removeChannel(session.pin, (request.params as { id: string }).id, agent(request));
    return reply.redirect(home(visit.language), 303);
  });

  if (courier.kinds.length > 0) {
    fresh("get", "/channel", async ({ visit }, request, reply) => sendPage(request, reply, AddChannelPage({ visit, typed: "" })));
    fresh("post", "/channel", async ({ visit, account }, request, reply) => {
      const typed = field(request, "address").trim().slice(0, 254);
      const read = readIdentifier(typed);
      if (!read || read.kind === "pin" || !courier.kinds.includes(read.kind)) {
        const errors = { address: addressFault(courier, visit) };
        return sendWrong(request, reply, AddChannelPage({ visit, typed, errors }));
      }
      const owner = await signIn.accountOf(read);
      // An account whose number was only claimed gives way to who is known more surely and proves to hold the address.
      const taken = owner !== undefined && (owner.id === account.id || owner.confirmedAt !== undefined || !account.confirmedAt);
      if (owner === undefined) await factors.demoCourier?.tie(request, reply, read.address);
      const passage = await passages.begin(reply, "add-channel", { account: account.id, ...read, taken });
      await codes.send({ passage, purpose: "add-channel", to: read, from: trialOf(request).from, taken });
      return reply.redirect(`${home(visit.language)}/channel/code`, 303);
    });
    const codePage = (visit: Visit, where: string, errors?: Errors) =>
      CodePage({
        visit,
        title: visit.t("identity.factors.code.title"),
        where,
        action: `${home(visit.language)}/channel/code`,
        demo,
        ...(errors && { errors }),
      });
    fresh("get", "/channel/code", async ({ visit }, request, reply) => {
      const { state } = await passages.need(request, "add-channel");
      return sendPage(request, reply, codePage(visit, veil(state)));
    });
    fresh("post", "/channel/code", async ({ visit, account }, request, reply) => {
      const passage = await passages.need(request, "add-channel");
      const { state, id } = passage;
      if (state.account !== account.id) throw problem("passage-over");
      if (field(request, "again") !== "") {
        await codes.send({ passage: id, purpose: "add-channel", to: state, from: trialOf(request).from, taken: state.taken });
        return reply.redirect(`${home(visit.language)}/channel/code`, 303);
      }
      let right = false;
      const errors = await besideField(
        async () => {
          right = (await codes.accept({ passage: id, purpose: "add-channel", typed: field(request, "code") })) && !state.taken;
        },
        { codes: ["identity.code-over"], field: "code", visit },
      );
      if (!right)
        return sendWrong(
          request,
          reply,
          codePage(visit, veil(state), { code: errors.code ?? visit.t("identity.factors.code.wrong") }),
        );
      await passages.finish(reply, passage);
      if (!(await security.addChannel(account, passage, agent(request)))) throw problem("passage-over");
      return reply.redirect(home(visit.language), 303);
    });
  }

  const { demoCourier } = factors;
  if (demoCourier) {
    app.get("/demo/messages", async (request, reply) => {
      const language = one(request.query, "language");
      const offered = means.country.languages as string[];
      return reply.redirect(`/${offered.includes(language) ? language : offered[0]}/demo/messages`, 303);
    });
    app.get("/:language/demo/messages", async (request, reply) => {
      const visit = await visitIn(entrance, request);
      return sendPage(request, reply, MessagesPage({ visit, timeZone, messages: await demoCourier.of(request) }));
    });
  }
}
