import { AppShell, ErrorSummary, Facts, Input, type Visit } from "@kerege/kernel/page";
import type { Scope } from "../program.ts";

/** What a program gets to know, in plain words; every scope but the ones that say nothing about the person. */
export function Consent(given: { visit: Visit; name: string; body: string; scopes: Scope[]; person: string; action: string }) {
  const { visit, name, body, scopes, person, action } = given;
  const { t } = visit;
  const told = scopes.filter((scope) => scope !== "openid" && scope !== "offline_access" && scope !== "registers");
  return (
    <AppShell visit={visit} title={t("identity.provider.consent.title", { name })} noSearch>
      <h1>{t("identity.provider.consent.title", { name })}</h1>
      <p class="lead">{t("identity.provider.consent.lead", { name, body })}</p>
      <p>{t("identity.provider.consent.signed-in", { person })}</p>
      <h2>{t("identity.provider.consent.told", { name })}</h2>
      <ul>
        <li>{t("identity.provider.consent.sub")}</li>
        {told.map((scope) => (
          <li>{t(`identity.provider.consent.${scope}`)}</li>
        ))}
      </ul>
      {scopes.includes("offline_access") && <p>{t("identity.provider.consent.offline")}</p>}
      <div class="actions">
        <form method="post" action={action}>
          <button class="button" name="answer" value="yes">
            {t("identity.provider.consent.yes")}
          </button>
        </form>
        <form method="post" action={action}>
          <button class="button quiet" name="answer" value="no">
            {t("identity.provider.consent.no")}
          </button>
        </form>
      </div>
      <p class="small">{t("identity.provider.consent.note")}</p>
    </AppShell>
  );
}

/** Where a person types the code that a device shows. */
export function EnterCode({ visit, xsrf, error }: { visit: Visit; xsrf: string; error?: string }) {
  const { t } = visit;
  return (
    <AppShell visit={visit} title={t("identity.provider.device.title")} noSearch>
      {error && <ErrorSummary title={t("identity.provider.device.wrong")} errors={[{ href: "#user_code", text: error }]} />}
      <h1>{t("identity.provider.device.title")}</h1>
      <p class="lead">{t("identity.provider.device.lead")}</p>
      <p class="notice">{t("identity.provider.device.warning")}</p>
      <form method="post" action="/oidc/device">
        <input type="hidden" name="xsrf" value={xsrf} />
        <Input
          t={t}
          id="user_code"
          name="user_code"
          label={t("identity.provider.device.code")}
          hint={t("identity.provider.device.hint")}
          error={error}
          width="short"
          maxLength={12}
          spellcheck={false}
        />
        <button class="button">{t("identity.provider.go-on")}</button>
      </form>
    </AppShell>
  );
}

/** Who asks, and which number stands on the device: the person chooses it out of three. */
export function ConfirmCode(given: {
  visit: Visit;
  xsrf: string;
  userCode: string;
  name: string;
  body: string;
  choices: string[];
}) {
  const { visit, xsrf, userCode, name, body, choices } = given;
  const { t } = visit;
  const hidden = (
    <>
      <input type="hidden" name="xsrf" value={xsrf} />
      <input type="hidden" name="user_code" value={userCode} />
    </>
  );
  return (
    <AppShell visit={visit} title={t("identity.provider.device.confirm", { name })} noSearch>
      <h1>{t("identity.provider.device.confirm", { name })}</h1>
      <Facts
        rows={[
          { name: t("identity.provider.device.who"), value: name },
          { name: t("identity.provider.device.whose"), value: body },
          { name: t("identity.provider.device.code"), value: userCode },
        ]}
      />
      <h2>{t("identity.provider.device.number")}</h2>
      <form method="post" action="/oidc/device">
        {hidden}
        <div class="actions">
          {choices.map((number) => (
            <button class="button" name="confirm" value={number}>
              {number}
            </button>
          ))}
        </div>
      </form>
      <form method="post" action="/oidc/device">
        {hidden}
        <button class="button quiet" name="abort" value="yes">
          {t("identity.provider.device.not-me")}
        </button>
      </form>
      <p class="small">{t("identity.provider.device.warning")}</p>
    </AppShell>
  );
}

/** One sentence, and one way on where there is any. */
export function Said({
  visit,
  title,
  lead,
  on,
}: {
  visit: Visit;
  title: string;
  lead: string;
  on?: { href: string; text: string };
}) {
  return (
    <AppShell visit={visit} title={title} noSearch>
      <h1>{title}</h1>
      <p class="lead">{lead}</p>
      {on && (
        <div class="actions">
          <a class="button" href={on.href}>
            {on.text}
          </a>
        </div>
      )}
    </AppShell>
  );
}

/** A program asks to sign out here as well; the person says whether. */
export function AskSignOut({ visit, xsrf, name }: { visit: Visit; xsrf: string; name: string | undefined }) {
  const { t } = visit;
  return (
    <AppShell visit={visit} title={t("identity.provider.sign-out.title")} noSearch>
      <h1>{t("identity.provider.sign-out.title")}</h1>
      <p class="lead">{name ? t("identity.provider.sign-out.lead-from", { name }) : t("identity.provider.sign-out.lead")}</p>
      <form method="post" action="/oidc/sign-out/confirm">
        <input type="hidden" name="xsrf" value={xsrf} />
        <div class="actions">
          <button class="button" name="logout" value="yes">
            {t("identity.provider.sign-out.yes")}
          </button>
          <button class="button quiet">{t("identity.provider.sign-out.no")}</button>
        </div>
      </form>
    </AppShell>
  );
}

/** What the library would post by a script: the person presses a button instead. */
export function GoOn({ visit, action, fields }: { visit: Visit; action: string; fields: [string, string][] }) {
  const { t } = visit;
  return (
    <AppShell visit={visit} title={t("identity.provider.go-on")} noSearch>
      <h1>{t("identity.provider.go-on")}</h1>
      <p class="lead">{t("identity.provider.go-on-lead")}</p>
      <form method="post" action={action}>
        {fields.map(([name, value]) => (
          <input type="hidden" name={name} value={value} />
        ))}
        <button class="button">{t("identity.provider.go-on")}</button>
      </form>
    </AppShell>
  );
}
