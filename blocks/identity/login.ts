import type { Reply, Request } from "@kerege/kernel/http";
import type { Language } from "@kerege/kernel/locale";
import type { Assurance } from "./session.ts";

/** How someone showed who he or she is, a moment ago. */
export interface Login {
  /** Personal number. */
  pin: string;
  /** To greet with; pages do not read a register for it. */
  name: string;
  assurance: Assurance;
  /** What was shown, as RFC 8176 names it: `pwd`, `otp`, `sms`, `hwk`, `swk`, `user`, `mfa`; `demo` is our own. */
  methods: string[];
  /** When it was shown: `auth_time` of OpenID Connect. */
  at: Date;
}

/** Why somebody came to sign in, as the sign-in pages need to know it. */
export interface Arrival {
  /** Name of the program that asks, to show above the form; undefined where it is the portal itself. */
  client?: string;
  /** A name chosen from the list of invented people is of no use there: officials show who they are. */
  officials?: boolean;
  /** The least assurance that is asked for; undefined where any will do. */
  wanted?: Assurance;
  /** Where to go afterwards on this server; never another site. */
  back: string;
  language: Language;
  /** The pending question of a program: goes on in the address of every step as `?interaction=…`. */
  interaction?: string;
  /** What the person may have typed already, to look people up by (`login_hint` of OpenID Connect). */
  hint?: string;
  /** Who is asked for: a person who is signed in already and has to show more (step-up). Nobody else may finish it. */
  pin?: string;
}

/** Between the sign-in pages and whoever sent the person there. */
export interface Arrivals {
  /**
   * Where the sign-in page is opened without a pending question: the portal itself becomes the program that asks. Leads the browser to
   * the provider, which leads it to the sign-in page with `interaction`, and after success to `back`.
   */
  begin(
    request: Request,
    reply: Reply,
    asked: { back: string; language: Language; wanted?: Assurance; hint?: string },
  ): Promise<Reply>;
  /**
   * Read at each step. With `interaction` in the query the question is bound to the cookie of the same browser.
   * @throws {Problem} `identity.sign-in-gone` where it is another browser's, was finished or is older than ten minutes
   */
  of(request: Request): Promise<Arrival>;
  /**
   * What happens after success. A pending question of a program is answered and the browser led back to it; without one a session of
   * the portal is opened, under a new token, and the browser led to `return`.
   * @throws {Problem} `identity.sign-in-gone`; `identity.not-enough` where less was shown than is asked for
   */
  finish(request: Request, reply: Reply, login: Login): Promise<Reply>;
  /** The person does not want to: the program hears `access_denied`; without one the browser is led to the front page. */
  refuse(request: Request, reply: Reply): Promise<Reply>;
}
