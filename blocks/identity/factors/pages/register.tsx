import { AppShell, DateInput, Input, type Visit } from "@kerege/kernel/page";
import { CodeInput, type Errors, FormPage, QrPicture } from "./parts.tsx";

export interface RegisterTyped {
  name: string;
  pin: string;
  born: { day: string; month: string; year: string };
  address: string;
}

export function RegisterPage({
  visit,
  query,
  typed,
  errors = {},
}: {
  visit: Visit;
  query: string;
  typed: RegisterTyped;
  errors?: Errors;
}) {
  const { t, language } = visit;
  const words = { day: t("identity.factors.day"), month: t("identity.factors.month"), year: t("identity.factors.year") };
  return (
    <FormPage
      visit={visit}
      title={t("identity.factors.register.title")}
      lead={t("identity.factors.register.lead")}
      back={{ href: `/${language}/sign-in${query}`, text: t("identity.factors.sign-in.title") }}
      errors={errors}
      action={`/${language}/register${query}`}
      button={t("identity.factors.go-on")}
    >
      <Input
        t={t}
        id="name"
        name="name"
        label={t("identity.factors.register.name")}
        hint={t("identity.factors.register.name-hint")}
        value={typed.name}
        autocomplete="name"
        maxLength={100}
        {...(errors.name && { error: errors.name })}
      />
      <Input
        t={t}
        id="pin"
        name="pin"
        label={t("identity.factors.pin")}
        hint={t("identity.factors.pin-hint")}
        value={typed.pin}
        width="middle"
        inputmode="numeric"
        maxLength={20}
        {...(errors.pin && { error: errors.pin })}
      />
      <DateInput
        t={t}
        id="born"
        name="born"
        label={t("identity.factors.register.born")}
        value=""
        parts={typed.born}
        words={words}
        {...(errors.born && { error: errors.born })}
      />
      <Input
        t={t}
        id="address"
        name="address"
        label={t("identity.factors.register.address")}
        hint={t("identity.factors.register.address-hint")}
        value={typed.address}
        width="middle"
        autocomplete="email"
        maxLength={254}
        spellcheck={false}
        {...(errors.address && { error: errors.address })}
      />
    </FormPage>
  );
}

/** A code that was sent, of six digits. */
export function CodePage({
  visit,
  title,
  where,
  action,
  errors = {},
  demo,
}: {
  visit: Visit;
  title: string;
  where: string;
  action: string;
  errors?: Errors;
  demo: boolean;
}) {
  const { t, language } = visit;
  return (
    <FormPage
      visit={visit}
      title={title}
      lead={t("identity.factors.code.lead", { where })}
      errors={errors}
      above={
        demo && (
          <p class="notice">
            {t("identity.factors.code.demo")}{" "}
            <a href={`/${language}/demo/messages`} target="_blank" rel="noopener">
              {t("identity.factors.demo.title")}
            </a>
          </p>
        )
      }
      action={action}
      button={t("identity.factors.go-on")}
      below={
        <form method="post" action={action}>
          <input type="hidden" name="again" value="yes" />
          <button class="link">{t("identity.factors.code.again")}</button>
        </form>
      }
    >
      <CodeInput visit={visit} name="code" label={t("identity.factors.code.code")} errors={errors} />
    </FormPage>
  );
}

export function PasswordPage({
  visit,
  action,
  errors = {},
  title,
}: {
  visit: Visit;
  action: string;
  errors?: Errors;
  title: string;
}) {
  const { t } = visit;
  return (
    <FormPage
      visit={visit}
      title={title}
      lead={t("identity.factors.password.lead")}
      errors={errors}
      action={action}
      button={t("identity.factors.go-on")}
    >
      <Input
        t={t}
        id="password"
        name="password"
        type="password"
        label={t("identity.factors.password.new")}
        hint={t("identity.factors.password.hint")}
        autocomplete="new-password"
        maxLength={400}
        {...(errors.password && { error: errors.password })}
      />
      <Input
        t={t}
        id="repeated"
        name="repeated"
        type="password"
        label={t("identity.factors.password.repeated")}
        autocomplete="new-password"
        maxLength={400}
        {...(errors.repeated && { error: errors.repeated })}
      />
    </FormPage>
  );
}

export function AppPage({
  visit,
  action,
  address,
  secret,
  errors = {},
}: {
  visit: Visit;
  action: string;
  /** `otpauth://…` */
  address: string;
  /** Base 32, to type by hand. */
  secret: string;
  errors?: Errors;
}) {
  const { t } = visit;
  return (
    <FormPage
      visit={visit}
      title={t("identity.factors.app.title")}
      lead={t("identity.factors.app.lead")}
      errors={errors}
      above={
        <>
          <p>
            <QrPicture text={address} alt={t("identity.factors.app.qr")} />
          </p>
          <p>
            {t("identity.factors.app.by-hand")}
            <br />
            <code>{secret.match(/.{1,4}/g)!.join(" ")}</code>
          </p>
        </>
      }
      action={action}
      button={t("identity.factors.go-on")}
    >
      <CodeInput visit={visit} name="code" label={t("identity.factors.app.code")} errors={errors} />
    </FormPage>
  );
}

/** Recovery codes, shown this once. */
export function KeptCodesPage({
  visit,
  codes,
  action,
  button,
}: {
  visit: Visit;
  codes: string[];
  action: string;
  button: string;
}) {
  const { t } = visit;
  return (
    <AppShell visit={visit} title={t("identity.factors.codes.title")} noSearch>
      <h1>{t("identity.factors.codes.title")}</h1>
      <p class="lead">{t("identity.factors.codes.lead")}</p>
      <ul class="plain-list kept-codes">
        {codes.map((code) => (
          <li>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <form method="post" action={action}>
        <button class="button">{button}</button>
      </form>
    </AppShell>
  );
}
