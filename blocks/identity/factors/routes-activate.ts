import type { Visit } from "@kerege/kernel/page";
import { problem } from "../problems.ts";
import { toBase32 } from "./base32.ts";
import { besideField, type Entrance, field, sendPage, sendWrong, stepOf, trialOf } from "./entrance.ts";
import { ActivatePage, ProofPage, RecoverPage } from "./pages/activate.tsx";
import type { Errors } from "./pages/parts.tsx";
import { AppPage, KeptCodesPage, PasswordPage } from "./pages/register.tsx";
import { passwordErrors } from "./routes-register.ts";
import { newTotpSecret, totpAddress } from "./totp.ts";

/** A new secret for an authenticator app, sealed for its account. */
export function newTotp({ factors }: Pick<Entrance, "factors">, account: string): string {
  return factors.vault.seal(newTotpSecret(), account).toString("base64url");
}

/** The page of an app with its QR code. */
export function appPage(
  { factors, means }: Pick<Entrance, "factors" | "means">,
  given: { visit: Visit; account: string; sealed: string; action: string; errors?: Errors },
) {
  const { visit, account, sealed, action, errors } = given;
  const secret = factors.vault.open(Buffer.from(sealed, "base64url"), account);
  const issuer = means.country.portalName[visit.language];
  // The label tells two accounts in one app apart without telling whose they are.
  const address = totpAddress(secret, { issuer, label: account.slice(-4) });
  return AppPage({ visit, action, address, secret: toBase32(secret), ...(errors && { errors }) });
}

/** An identity confirmed at a service centre: the code, a password, an app, codes to keep. */
export function activateRoutes(entrance: Entrance): void {
  const { app, factors, arrivals } = entrance;
  const { passages, registration, attempts, signIn, store } = factors;

  app.get("/:language/activate", async (request, reply) => {
    const { visit, query } = await stepOf(entrance, request);
    return sendPage(request, reply, ActivatePage({ visit, query, pin: "" }));
  });

  app.post("/:language/activate", async (request, reply) => {
    const { visit, query } = await stepOf(entrance, request);
    const trial = trialOf(request);
    await attempts.begin(trial.from);
    const pin = field(request, "pin").replaceAll(/\s/g, "").slice(0, 20);
    const account = await registration.activate({ pin, code: field(request, "code").slice(0, 40) }, trial);
    if (!account) {
      const errors = { code: visit.t("identity.factors.activate.wrong") };
      return sendWrong(request, reply, ActivatePage({ visit, query, pin, errors }));
    }
    await passages.begin(reply, "activate", { account: account.id, confirmed: true });
    return reply.redirect(`/${visit.language}/activate/password${query}`, 303);
  });

  const passwordPage = (visit: Visit, query: string, errors?: Errors) =>
    PasswordPage({
      visit,
      title: visit.t("identity.factors.password.title"),
      action: `/${visit.language}/activate/password${query}`,
      ...(errors && { errors }),
    });

  app.get("/:language/activate/password", async (request, reply) => {
    const { visit, query } = await stepOf(entrance, request);
    await passages.need(request, "activate");
    return sendPage(request, reply, passwordPage(visit, query));
  });

  app.post("/:language/activate/password", async (request, reply) => {
    const { visit, query } = await stepOf(entrance, request);
    const passage = await passages.need(request, "activate");
    const account = await store.byId(passage.state.account);
    if (!account) throw problem("passage-over");
    const errors = passwordErrors(entrance, { request, visit, words: [account.pin, ...account.name.split(" ")] });
    if (errors) return sendWrong(request, reply, passwordPage(visit, query, errors));
    await registration.setPassword(account.id, field(request, "password"));
    await passages.change(passage, { ...passage.state, totp: newTotp(entrance, account.id) });
    return reply.redirect(`/${visit.language}/activate/app${query}`, 303);
  });

  app.get("/:language/activate/app", async (request, reply) => {
    const { visit, query } = await stepOf(entrance, request);
    const { state } = await passages.need(request, "activate");
    if (state.totp === undefined) throw problem("passage-over");
    const action = `/${visit.language}/activate/app${query}`;
    return sendPage(request, reply, appPage(entrance, { visit, account: state.account, sealed: state.totp, action }));
  });

  app.post("/:language/activate/app", async (request, reply) => {
    const { visit, query } = await stepOf(entrance, request);
    const passage = await passages.need(request, "activate");
    const { account, totp } = passage.state;
    if (totp === undefined) throw problem("passage-over");
    await attempts.guess({ target: `app ${account}`, from: trialOf(request).from });
    if (!(await registration.addTotp(account, { sealed: totp, code: field(request, "code") }))) {
      const errors = { code: visit.t("identity.factors.app.wrong") };
      const action = `/${visit.language}/activate/app${query}`;
      return sendWrong(request, reply, appPage(entrance, { visit, account, sealed: totp, action, errors }));
    }
    const codes = await registration.newRecoveryCodes(account);
    await passages.finish(reply, passage);
    await passages.begin(reply, "activated", { account });
    return sendPage(
      request,
      reply,
      KeptCodesPage({
        visit,
        codes,
        action: `/${visit.language}/activate/done${query}`,
        button: visit.t("identity.factors.codes.kept"),
      }),
    );
  });

  app.post("/:language/activate/done", async (request, reply) => {
    await stepOf(entrance, request);
    const passage = await passages.need(request, "activated");
    const account = await store.byId(passage.state.account);
    if (!account) throw problem("passage-over");
    await passages.finish(reply, passage);
    return arrivals.finish(request, reply, signIn.loginOf(account, ["pwd", "otp", "mfa"]));
  });
}

/** A new password by two independent things. */
export function recoverRoutes(entrance: Entrance): void {
  const { app, factors } = entrance;
  const { passages, recovery, courier, store } = factors;
  const demo = factors.demoCourier !== undefined;
  if (courier.kinds.length === 0) {
    // Without messages there is one way: the service centre.
    app.get("/:language/recover", async (request, reply) => {
      const { visit, query } = await stepOf(entrance, request);
      return reply.redirect(`/${visit.language}/activate${query}`, 303);
    });
    return;
  }

  app.get("/:language/recover", async (request, reply) => {
    const { visit, query } = await stepOf(entrance, request);
    return sendPage(request, reply, RecoverPage({ visit, query }));
  });

  app.post("/:language/recover", async (request, reply) => {
    const { visit, query } = await stepOf(entrance, request);
    const typed = field(request, "identifier").slice(0, 254);
    if (typed.trim() === "")
      return sendWrong(
        request,
        reply,
        RecoverPage({ visit, query, errors: { identifier: visit.t("identity.factors.faults.identifier") } }),
      );
    const trial = trialOf(request);
    const state = await recovery.begin(typed, trial);
    const id = await passages.begin(reply, "recover", state);
    await recovery.sendCode({ id, state }, trial);
    return reply.redirect(`/${visit.language}/recover/proof${query}`, 303);
  });

  app.get("/:language/recover/proof", async (request, reply) => {
    const { visit, query } = await stepOf(entrance, request);
    await passages.need(request, "recover");
    return sendPage(request, reply, ProofPage({ visit, query, demo }));
  });

  app.post("/:language/recover/proof", async (request, reply) => {
    const { visit, query } = await stepOf(entrance, request);
    const passage = await passages.need(request, "recover");
    let shown = false;
    const errors = await besideField(
      async () => {
        const typed = { sent: field(request, "sent"), second: field(request, "second").slice(0, 40) };
        shown = await recovery.show(passage, typed, trialOf(request));
      },
      { codes: ["identity.code-over"], field: "sent", visit },
    );
    if (!shown) {
      const wrong = { sent: errors.sent ?? visit.t("identity.factors.recover.wrong") };
      return sendWrong(request, reply, ProofPage({ visit, query, demo, errors: wrong }));
    }
    await passages.change(passage, { ...passage.state, shown: true });
    return reply.redirect(`/${visit.language}/recover/password${query}`, 303);
  });

  const passwordPage = (visit: Visit, query: string, errors?: Errors) =>
    PasswordPage({
      visit,
      title: visit.t("identity.factors.password.title"),
      action: `/${visit.language}/recover/password${query}`,
      ...(errors && { errors }),
    });

  app.get("/:language/recover/password", async (request, reply) => {
    const { visit, query } = await stepOf(entrance, request);
    const { state } = await passages.need(request, "recover");
    if (!state.shown) throw problem("passage-over");
    return sendPage(request, reply, passwordPage(visit, query));
  });

  app.post("/:language/recover/password", async (request, reply) => {
    const { visit, query } = await stepOf(entrance, request);
    const passage = await passages.need(request, "recover");
    const account = passage.state.shown && passage.state.account ? await store.byId(passage.state.account) : undefined;
    if (!account) throw problem("passage-over");
    const errors = passwordErrors(entrance, { request, visit, words: [account.pin, ...account.name.split(" ")] });
    if (errors) return sendWrong(request, reply, passwordPage(visit, query, errors));
    await passages.finish(reply, passage);
    await recovery.setPassword(passage.state, field(request, "password"), trialOf(request));
    return reply.redirect(`/${visit.language}/sign-in${query}`, 303);
  });
}
