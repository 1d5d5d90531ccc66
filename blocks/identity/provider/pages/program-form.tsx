import { AppShell, BackLink, Choices, ErrorSummary, Input, Textarea, type Visit } from "@kerege/kernel/page";
import { profiles, scopes } from "../program.ts";

/** The form as it was typed. */
export interface TypedProgram {
  id: string;
  name: string;
  body: string;
  profile: string;
  agreement: string;
  authMethod: string;
  keys: string;
  /** One address a line. */
  redirectUris: string;
  signOutUris: string;
  backChannelUri: string;
  scopes: string[];
  boundTokens: boolean;
  quota: string;
}

export const NOTHING_TYPED: TypedProgram = {
  ...{ id: "", name: "", body: "", profile: "", agreement: "", authMethod: "", keys: "", redirectUris: "", signOutUris: "" },
  ...{ backChannelUri: "", scopes: ["openid"], boundTokens: false, quota: "600" },
};

const choices = new Set(["profile", "authMethod", "scopes"]);
const methods = ["private_key_jwt", "client_secret_basic"] as const;

/** A program is registered as a file for the terminal is written: nothing is asked for here that is not in the agreement. */
export function NewProgramPage({ visit, typed, errors }: { visit: Visit; typed: TypedProgram; errors: Record<string, string> }) {
  const { t, language } = visit;
  const error = (name: string) => (errors[name] ? { error: errors[name] } : {});
  const words = (name: string) => ({
    ...{ t, id: name, name, label: t(`identity.programs.field.${name}`) },
    ...error(name),
  });
  const lines = Object.entries(errors).map(([name, text]) => ({
    href: `#${choices.has(name) ? `${name}-1` : name}`,
    text: `${t(`identity.programs.field.${name}`)}: ${text}`,
  }));
  return (
    <AppShell visit={visit} title={t("identity.programs.new")} noSearch>
      <BackLink href={`/${language}/desk/programs`} text={t("identity.programs.title")} />
      <ErrorSummary title={t("identity.factors.mend")} errors={lines} />
      <h1>{t("identity.programs.new")}</h1>
      <p class="lead">{t("identity.programs.new-lead")}</p>
      <form method="post" action={`/${language}/desk/programs`}>
        <Input {...words("name")} hint={t("identity.programs.hint.name")} value={typed.name} width="middle" maxLength={100} />
        <Input
          {...words("id")}
          hint={t("identity.programs.hint.id")}
          value={typed.id}
          width="middle"
          maxLength={60}
          spellcheck={false}
        />
        <Input
          {...words("body")}
          hint={t("identity.programs.hint.body")}
          value={typed.body}
          width="middle"
          maxLength={60}
          spellcheck={false}
        />
        <Choices
          {...words("profile")}
          value={typed.profile}
          options={profiles.map((value) => ({
            value,
            label: t(`identity.programs.profile.${value}`),
            hint: t(`identity.programs.profile-hint.${value}`),
          }))}
        />
        <Input
          {...words("agreement")}
          hint={t("identity.programs.hint.agreement")}
          value={typed.agreement}
          width="middle"
          maxLength={100}
        />
        <Choices
          {...words("scopes")}
          many
          value={typed.scopes}
          options={scopes.map((value) => ({ value, label: t(`identity.programs.scope.${value}`) }))}
        />
        <Choices
          {...words("authMethod")}
          value={typed.authMethod}
          options={methods.map((value) => ({ value, label: t(`identity.programs.method.${value}`) }))}
        />
        <Textarea {...words("keys")} hint={t("identity.programs.hint.keys")} value={typed.keys} rows={4} maxLength={8000} />
        <Textarea
          {...words("redirectUris")}
          hint={t("identity.programs.hint.redirectUris")}
          value={typed.redirectUris}
          rows={3}
          maxLength={5000}
        />
        <Textarea {...words("signOutUris")} value={typed.signOutUris} rows={2} maxLength={5000} />
        <Input
          {...words("backChannelUri")}
          hint={t("identity.programs.hint.backChannelUri")}
          value={typed.backChannelUri}
          maxLength={500}
          spellcheck={false}
        />
        <Choices
          {...words("boundTokens")}
          many
          value={typed.boundTokens ? "yes" : ""}
          options={[{ value: "yes", label: t("identity.programs.bound") }]}
        />
        <Input
          {...words("quota")}
          hint={t("identity.programs.hint.quota")}
          value={typed.quota}
          width="short"
          inputmode="numeric"
          maxLength={9}
        />
        <button class="button">{t("identity.programs.register")}</button>
      </form>
    </AppShell>
  );
}
