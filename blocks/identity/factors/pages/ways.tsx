import { Input, type Visit } from "@kerege/kernel/page";
import type { Reach } from "../courier.ts";
import { PasskeyForm } from "./parts.tsx";

export interface Ways {
  /** Name of the program that asks; undefined where it is the portal. */
  client?: string;
  /** Officials sign in, to get to their desks. */
  officials?: boolean;
  /** Kept through every step: `?return=…` or `?interaction=…`. */
  query: string;
  /** For the passkey of this device. */
  passkey: object;
  /** Whoever is signed in already has to show more. */
  again: boolean;
  /** Certificates can be shown. */
  certificate: boolean;
  /** What carries messages; without any no account is opened here. */
  reach: Reach;
  typed?: string;
  /** The password or the passkey was refused. */
  wrong?: "password" | "passkey";
}

/** The ways to show who one is. */
export function SignInWays({ visit, ways }: { visit: Visit; ways: Ways }) {
  const { t, language } = visit;
  const { query, reach } = ways;
  return (
    <div class="columns">
      <section>
        <h2>{t("identity.factors.sign-in.password-title")}</h2>
        <form method="post" action={`/${language}/sign-in/password${query}`}>
          <Input
            t={t}
            id="identifier"
            name="identifier"
            label={t("identity.factors.sign-in.identifier", { reach })}
            hint={t("identity.factors.sign-in.identifier-hint", { reach })}
            value={ways.typed ?? ""}
            autocomplete="username"
            maxLength={254}
            spellcheck={false}
            {...(ways.wrong === "password" && { error: t("identity.factors.sign-in.wrong") })}
          />
          <Input
            t={t}
            id="password"
            name="password"
            type="password"
            label={t("identity.factors.sign-in.password")}
            autocomplete="current-password"
            maxLength={200}
          />
          <div class="actions">
            <button class="button">{t("identity.factors.sign-in.go")}</button>
            <a href={`/${language}/recover${query}`}>{t("identity.factors.sign-in.forgotten")}</a>
          </div>
        </form>
      </section>
      <section>
        <h2>{t("identity.factors.sign-in.passkey-title")}</h2>
        <p>{t("identity.factors.sign-in.passkey-lead")}</p>
        {ways.wrong === "passkey" && <p class="error">{t("identity.factors.sign-in.passkey-wrong")}</p>}
        <PasskeyForm
          visit={visit}
          act="get"
          action={`/${language}/sign-in/passkey${query}`}
          options={ways.passkey}
          button={t("identity.factors.sign-in.passkey-go")}
        />
        {ways.certificate && (
          <p>
            <a href={`/${language}/sign-in/certificate${query}`}>{t("identity.factors.sign-in.certificate")}</a>
          </p>
        )}
        {!ways.again && (
          <>
            <h2>{t("identity.factors.sign-in.first-title")}</h2>
            <ul class="plain-list">
              <li>
                <a href={`/${language}/activate${query}`}>{t("identity.factors.sign-in.activate")}</a>
              </li>
              {reach !== "none" && !ways.officials && (
                <li>
                  <a href={`/${language}/register${query}`}>{t("identity.factors.sign-in.register", { reach })}</a>
                </li>
              )}
              <li>
                <a href={`/${language}/level`}>{t("identity.factors.level.title")}</a>
              </li>
            </ul>
          </>
        )}
      </section>
    </div>
  );
}
