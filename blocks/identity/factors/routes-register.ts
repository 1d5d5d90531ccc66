import type { Request } from "@kerege/kernel/http";
import { readDayParts, type Visit } from "@kerege/kernel/page";
import { problem } from "../problems.ts";
import type { Courier } from "./courier.ts";
import { besideField, type Entrance, field, sendPage, sendWrong, stepOf, trialOf } from "./entrance.ts";
import { readIdentifier, veil } from "./identifier.ts";
import type { Errors } from "./pages/parts.tsx";
import { CodePage, PasswordPage, RegisterPage, type RegisterTyped } from "./pages/register.tsx";
import type { Passages } from "./passage.ts";
import { faultWords } from "./registration.ts";

/** Opening an account oneself: an address is confirmed, the number is claimed and nothing about it is told. */
export function registerRoutes(entrance: Entrance): void {
  const { app, factors, arrivals } = entrance;
  const { passages, codes, courier, attempts, registration, signIn } = factors;
  // A way that cannot carry its code is no way.
  if (courier.kinds.length === 0) return;
  const demo = factors.demoCourier !== undefined;

  app.get("/:language/register", async (request, reply) => {
    const { visit, query } = await stepOf(entrance, request);
    const typed = { name: "", pin: "", born: { day: "", month: "", year: "" }, address: "" };
    return sendPage(request, reply, RegisterPage({ visit, query, typed }));
  });

  app.post("/:language/register", async (request, reply) => {
    const { visit, query } = await stepOf(entrance, request);
    const trial = trialOf(request);
    await attempts.begin(trial.from);
    const typed = typedOf(request);
    const read = readTyped(typed, visit, courier);
    if ("errors" in read) return sendWrong(request, reply, RegisterPage({ visit, query, typed, errors: read.errors }));
    const taken = (await signIn.accountOf({ kind: read.kind, address: read.address })) !== undefined;
    if (!taken) await factors.demoCourier?.tie(request, reply, read.address);
    const passage = await passages.begin(reply, "register", { ...read, taken });
    await codes.send({ passage, purpose: "register", to: read, from: trial.from, taken });
    return reply.redirect(`/${visit.language}/register/code${query}`, 303);
  });

  const codePage = (visit: Visit, query: string, given: { where: string; errors?: Errors }) =>
    CodePage({
      visit,
      title: visit.t("identity.factors.code.title"),
      action: `/${visit.language}/register/code${query}`,
      demo,
      ...given,
    });

  app.get("/:language/register/code", async (request, reply) => {
    const { visit, query } = await stepOf(entrance, request);
    const { state } = await passages.need(request, "register");
    return sendPage(request, reply, codePage(visit, query, { where: veil(state) }));
  });

  app.post("/:language/register/code", async (request, reply) => {
    const { visit, query } = await stepOf(entrance, request);
    const passage = await passages.need(request, "register");
    const { state, id } = passage;
    if (field(request, "again") !== "") {
      await codes.send({ passage: id, purpose: "register", to: state, from: trialOf(request).from, taken: state.taken });
      return reply.redirect(`/${visit.language}/register/code${query}`, 303);
    }
    let right = false;
    const errors = await besideField(
      async () => {
        right = (await codes.accept({ passage: id, purpose: "register", typed: field(request, "code") })) && !state.taken;
      },
      { codes: ["identity.code-over"], field: "code", visit },
    );
    if (!right) {
      const wrong = { code: errors.code ?? visit.t("identity.factors.code.wrong") };
      return sendWrong(request, reply, codePage(visit, query, { where: veil(state), errors: wrong }));
    }
    await passages.change(passage, { ...state, confirmed: true });
    return reply.redirect(`/${visit.language}/register/password${query}`, 303);
  });

  const passwordPage = (visit: Visit, query: string, errors?: Errors) =>
    PasswordPage({
      visit,
      title: visit.t("identity.factors.password.title"),
      action: `/${visit.language}/register/password${query}`,
      ...(errors && { errors }),
    });

  app.get("/:language/register/password", async (request, reply) => {
    const { visit, query } = await stepOf(entrance, request);
    const { state } = await passages.need(request, "register");
    if (!state.confirmed) throw problem("passage-over");
    return sendPage(request, reply, passwordPage(visit, query));
  });

  app.post("/:language/register/password", async (request, reply) => {
    const { visit, query } = await stepOf(entrance, request);
    const passage = await passages.need(request, "register");
    const { state } = passage;
    const errors = passwordErrors(entrance, {
      request,
      visit,
      words: [state.pin, ...state.name.split(" "), state.address.split("@")[0]!],
    });
    if (errors) return sendWrong(request, reply, passwordPage(visit, query, errors));
    await passages.finish(reply, passage);
    const login = await registration.open(state, field(request, "password"), trialOf(request));
    if (!login) throw problem("passage-over");
    return arrivals.finish(request, reply, login);
  });
}

/** What may be typed as an address, as far as messages are carried. */
export function addressFault(courier: Courier, { t }: Visit): string {
  return t(courier.kinds.includes("phone") ? "identity.factors.faults.address" : "identity.factors.faults.address-mail");
}

/** What is wrong with a new password, typed twice; undefined where nothing is. */
export function passwordErrors(
  { factors }: Pick<Entrance, "factors">,
  { request, visit, words }: { request: Request; visit: Visit; words: string[] },
): Errors | undefined {
  const password = field(request, "password");
  const fault = factors.registration.faultOf(password, words);
  if (fault) {
    const { key, params } = faultWords(fault);
    return { password: visit.t(key, params) };
  }
  return password === field(request, "repeated") ? undefined : { repeated: visit.t("identity.factors.faults.password-differs") };
}

function typedOf(request: Request): RegisterTyped {
  const part = (name: string) => field(request, `born.${name}`).trim().slice(0, 4);
  return {
    name: field(request, "name").trim().slice(0, 100),
    pin: field(request, "pin").trim().slice(0, 20),
    born: { day: part("day"), month: part("month"), year: part("year") },

    address: field(request, "address").trim().slice(0, 254),
  };
}

type Read = Omit<Passages["register"], "taken">;

function readTyped(typed: RegisterTyped, visit: Visit, courier: Courier): Read | { errors: Errors } {
  const { t } = visit;
  const errors: Errors = {};
  const pin = readIdentifier(typed.pin);
  const typedAddress = readIdentifier(typed.address);
  const address =
    typedAddress && typedAddress.kind !== "pin" && courier.kinds.includes(typedAddress.kind) ? typedAddress : undefined;
  const bornOn = readDayParts(typed.born);
  if (typed.name.length < 2) errors.name = t("identity.factors.faults.name");
  if (pin?.kind !== "pin") errors.pin = t("identity.factors.faults.pin");
  if (!bornOn) errors.born = t("identity.factors.faults.born");
  if (!address) errors.address = addressFault(courier, visit);
  if (pin?.kind !== "pin" || !bornOn || !address || errors.name) return { errors };
  return { pin: pin.pin, name: typed.name, bornOn, kind: address.kind, address: address.address };
}
