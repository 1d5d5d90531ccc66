import type { IncomingMessage } from "node:http";
import { type App, languageOf, type Request } from "@kerege/kernel/http";
import type { Language } from "@kerege/kernel/locale";
import { renderPage, type Visit } from "@kerege/kernel/page";
import type { Client, ErrorOut, KoaContextWithOIDC } from "oidc-provider";
import type { VNode } from "preact";
import { problem } from "../problems.ts";
import { matchChoices } from "./match.ts";
import { AskSignOut, ConfirmCode, EnterCode, GoOn, Said } from "./pages/screens.tsx";
import type { Vault } from "./vault.ts";

/** What the library would draw by itself, drawn as pages of the house. */
export interface Screens {
  enterCode(ctx: KoaContextWithOIDC, form: string, out?: ErrorOut, error?: Error): Promise<void>;
  confirmCode(ctx: KoaContextWithOIDC, form: string, client: Client, info: unknown, userCode: string): Promise<void>;
  deviceDone(ctx: KoaContextWithOIDC): Promise<void>;
  askSignOut(ctx: KoaContextWithOIDC): Promise<void>;
  signedOut(ctx: KoaContextWithOIDC): Promise<void>;
  fault(ctx: KoaContextWithOIDC, out: ErrorOut, error: Error): Promise<void>;
  /** Takes the place of a page of the library that posts itself by a script. */
  goOn(ctx: KoaContextWithOIDC): Promise<void>;
}

export interface ScreenMeans {
  app: App;
  languages: Language[];
  vault: Vault;
  /** `https://portal.example` */
  origin: string;
  /** The request of the house that the library's belongs to. */
  requestOf(raw: IncomingMessage): Request;
  bodyName(code: string, language: Language): string;
  programName(client: Client, language: Language): string;
}

function beginAgain(visit: Visit, lead: string): VNode {
  const on = { href: "/oidc/device", text: visit.t("identity.provider.device.title") };
  return Said({ visit, title: visit.t("identity.provider.device.wrong"), lead, on });
}

const codeFaults: Record<string, string> = {
  NoCodeError: "none",
  NotFoundError: "unknown",
  ExpiredError: "expired",
  AlreadyUsedError: "used",
  AbortedError: "stopped",
};

export function createScreens(means: ScreenMeans): Screens {
  const { app, languages } = means;
  const draw = async (ctx: KoaContextWithOIDC, page: (visit: Visit) => VNode, path = "") => {
    const request = means.requestOf(ctx.req);
    const language = languageOf(request, languages);
    const visit = await app.visits.visitor(request, language);
    ctx.type = "text/html; charset=utf-8";
    ctx.set("content-language", language);
    // The address of a step cannot be opened in another language; that of the first one can.
    ctx.body = renderPage(page({ ...visit, path: `/${language}${path}` }));
  };
  const xsrfOf = (ctx: KoaContextWithOIDC) => String(ctx.oidc.session?.state?.secret ?? "");
  return {
    async enterCode(ctx, _form, _out, error) {
      const fault = error && (codeFaults[error.name] ?? "broken");
      if (fault) ctx.status = 400;
      const { session } = ctx.oidc;
      // Nobody typed a code in this browser: a form would stand on a session that nobody keeps.
      if (fault && session && session.exp === undefined) {
        Object.assign(session, { touched: false });
        return draw(ctx, (visit) => beginAgain(visit, visit.t(`identity.provider.device.fault-${fault}`)), "/device");
      }
      await draw(
        ctx,
        (visit) =>
          EnterCode({
            visit,
            xsrf: xsrfOf(ctx),
            ...(fault && { error: visit.t(`identity.provider.device.fault-${fault}`) }),
          }),
        "/device",
      );
    },
    async confirmCode(ctx, _form, client, _info, userCode) {
      const choices = matchChoices(means.vault, userCode.replaceAll("-", ""));
      await draw(
        ctx,
        (visit) =>
          ConfirmCode({
            visit,
            xsrf: xsrfOf(ctx),
            userCode,
            name: means.programName(client, visit.language),
            body: means.bodyName(String(client.body), visit.language),
            choices,
          }),
        "/device",
      );
    },
    deviceDone: (ctx) =>
      draw(ctx, (visit) =>
        Said({
          visit,
          title: visit.t("identity.provider.device.done"),
          lead: visit.t("identity.provider.device.done-lead"),
          on: { href: `/${visit.language}/cabinet/devices`, text: visit.t("identity.provider.device.see") },
        }),
      ),
    askSignOut: (ctx) =>
      draw(ctx, (visit) => {
        const { client } = ctx.oidc;
        return AskSignOut({ visit, xsrf: xsrfOf(ctx), name: client && means.programName(client, visit.language) });
      }),
    signedOut: (ctx) =>
      draw(ctx, (visit) =>
        Said({
          visit,
          title: visit.t("identity.provider.sign-out.done"),
          lead: visit.t("identity.provider.sign-out.done-lead"),
          on: { href: `/${visit.language}`, text: visit.t("identity.provider.sign-out.home") },
        }),
      ),
    async fault(ctx, out, error) {
      const request = means.requestOf(ctx.req);
      const language = languageOf(request, languages);
      const gone = error.name === "SessionNotFound";
      const about = { error: out.error, about: out.error_description ?? "" };
      const fault = gone
        ? problem("sign-in-gone")
        : problem(ctx.status >= 500 ? "provider-fault" : "program-fault", { params: about });
      const page = ctx.accepts("html", "json") === "html" ? await app.problemPage.draw?.(request, fault, language) : undefined;
      ctx.set("content-language", language);
      if (page === undefined) {
        ctx.body = out;
        return;
      }
      ctx.type = "text/html; charset=utf-8";
      ctx.body = page;
    },
    async goOn(ctx) {
      const html = String(ctx.body);
      const [, action = ""] = /<form method="post" action="([^"]*)"/.exec(html) ?? [];
      const fields = [...html.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)].map(
        ([, name = "", value = ""]): [string, string] => [name, plain(value)],
      );
      const url = URL.parse(plain(action));
      if (url && url.origin !== means.origin) {
        // The answer to a program that asked for a form: only a refusal ever comes to this, and it goes as any other.
        for (const [name, value] of fields) url.searchParams.set(name, value);
        ctx.status = 303;
        return ctx.redirect(url.href);
      }
      await draw(ctx, (visit) => GoOn({ visit, action: url ? `${url.pathname}${url.search}` : "/", fields }));
    },
  };
}

const marks: Record<string, string> = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'" };

function plain(html: string): string {
  return html.replace(/&(?:amp|lt|gt|quot|#39);/g, (mark) => marks[mark]!);
}
