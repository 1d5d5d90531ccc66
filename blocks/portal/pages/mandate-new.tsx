import { AppShell, BackLink, Choices, DateInput, ErrorSummary, Input, type Visit } from "@kerege/kernel/page";
import type { Problem } from "@kerege/kernel/problem";

export interface MandateTyped {
  holder: string;
  kind: string;
  scope: string;
  until: { day: string; month: string; year: string };
  passes_on: string;
}

export interface NewMandateProps {
  visit: Visit;
  /** What the mandate may be for. */
  scopes: { value: string; label: string; hint?: string }[];
  /** Kinds to choose from; one is not asked. */
  kinds: string[];
  /** It may be handed on further. */
  mayPassOn: boolean;
  typed: MandateTyped;
  refused?: Problem;
}

const ids: Record<string, string> = {
  "/holder": "holder",
  "/kind": "kind-1",
  "/scope": "scope-1",
  "/until": "until-day",
  "/passes_on": "passes-on-1",
};

/** To whom, for what, until when: three questions and a number. */
export function NewMandatePage({ visit, scopes, kinds, mayPassOn, typed, refused }: NewMandateProps) {
  const { language, t } = visit;
  const errors = (refused?.fields ?? []).map((field) => ({
    pointer: field.pointer,
    href: `#${ids[field.pointer] ?? "holder"}`,
    text: t(field.key, field.params),
  }));
  const errorAt = (pointer: string) => {
    const found = errors.find((one) => one.pointer === pointer);
    return found ? { error: found.text } : {};
  };
  return (
    <AppShell visit={visit} title={t("portal.mandates.give")} noSearch>
      <BackLink href={`/${language}/cabinet/mandates`} text={t("portal.mandates.title")} />
      <ErrorSummary title={t("portal.form.error-title")} errors={errors} />
      <h1>{t("portal.mandates.give")}</h1>
      <p class="lead">{t("portal.mandates.give-lead")}</p>
      <form method="post" action={`/${language}/cabinet/mandates/new`} noValidate>
        <Input
          t={t}
          id="holder"
          name="holder"
          label={t("portal.mandates.new.holder")}
          hint={t("portal.mandates.new.holder-hint")}
          value={typed.holder}
          width="middle"
          inputmode="numeric"
          maxLength={24}
          spellcheck={false}
          {...errorAt("/holder")}
        />
        {kinds.length > 1 && (
          <Choices
            t={t}
            id="kind"
            name="kind"
            label={t("portal.mandates.new.kind")}
            options={kinds.map((kind) => ({ value: kind, label: t(`identity.mandates.kind.${kind}`) }))}
            value={typed.kind}
            {...errorAt("/kind")}
          />
        )}
        <Choices
          t={t}
          id="scope"
          name="scope"
          label={t("portal.mandates.new.scope")}
          options={scopes}
          value={typed.scope}
          {...errorAt("/scope")}
        />
        <DateInput
          t={t}
          id="until"
          name="until"
          label={t("portal.mandates.new.until")}
          hint={t("portal.mandates.new.until-hint")}
          value=""
          parts={typed.until}
          words={{ day: t("portal.form.day"), month: t("portal.form.month"), year: t("portal.form.year") }}
          {...errorAt("/until")}
        />
        {mayPassOn && (
          <Choices
            t={t}
            id="passes-on"
            name="passes_on"
            label={t("portal.mandates.new.passes-on")}
            options={[
              { value: "yes", label: t("portal.mandates.new.passes-on-yes"), hint: t("portal.mandates.new.passes-on-hint") },
            ]}
            value={typed.passes_on}
            many
            {...errorAt("/passes_on")}
          />
        )}
        <button class="button">{t("portal.mandates.new.send")}</button>
      </form>
    </AppShell>
  );
}
