import { formatDate, formatInstant } from "@kerege/kernel/format";
import { AppShell, BackLink, EmptyState, Facts, Input, StackTable, StatusTag, type Tone, type Visit } from "@kerege/kernel/page";
import { type Activation, type ActivationState, stateOf } from "../activation.ts";
import { type Errors, FormPage } from "./parts.tsx";

const tones: Record<ActivationState, Tone> = { waiting: "work", "handed-out": "good", used: "calm", void: "bad", over: "bad" };

export interface Clocked {
  visit: Visit;
  now: Date;
  timeZone: string;
}

function State({ visit, one, now }: { visit: Visit; one: Activation; now: Date }) {
  const state = stateOf(one, now);
  return <StatusTag tone={tones[state]} text={visit.t(`identity.factors.desk.state.${state}`)} />;
}

export function ActivationsPage({
  visit,
  now,
  timeZone,
  list,
  may,
  errors = {},
}: Clocked & { list: Activation[]; may: { ask: boolean; link: boolean }; errors?: Errors }) {
  const { t, language } = visit;
  const here = `/${language}/desk/activations`;
  return (
    <AppShell visit={visit} title={t("identity.factors.desk.title")}>
      <h1>{t("identity.factors.desk.title")}</h1>
      <p class="lead">{t("identity.factors.desk.lead")}</p>
      {may.ask && (
        <form method="post" action={here}>
          <Input
            t={t}
            id="pin"
            name="pin"
            label={t("identity.factors.pin")}
            hint={t("identity.factors.desk.pin-hint")}
            width="middle"
            inputmode="numeric"
            maxLength={20}
            {...(errors.pin && { error: errors.pin })}
          />
          <button class="button">{t("identity.factors.desk.ask")}</button>
        </form>
      )}
      <h2>{t("identity.factors.desk.list")}</h2>
      {list.length === 0 ? (
        <EmptyState text={t("identity.factors.desk.none")} />
      ) : (
        <StackTable
          caption={t("identity.factors.desk.list")}
          columns={[t("identity.factors.desk.person"), t("identity.factors.desk.asked"), t("identity.factors.desk.state-title")]}
          rows={list.map((one) => [
            <a href={`${here}/${one.id}`}>{one.name}</a>,
            formatInstant(language, one.requestedAt, timeZone),
            <State visit={visit} one={one} now={now} />,
          ])}
        />
      )}
      {may.link && (
        <p>
          <a href={`/${language}/desk/official-accounts`}>{t("identity.factors.desk.link-title")}</a>
        </p>
      )}
    </AppShell>
  );
}

export function ActivationPage({
  visit,
  now,
  timeZone,
  one,
  may,
  code,
}: Clocked & { one: Activation; may: { approve: boolean; own: boolean }; code?: string }) {
  const { t, language } = visit;
  const here = `/${language}/desk/activations`;
  const at = (instant: Date) => formatInstant(language, instant, timeZone);
  const state = stateOf(one, now);
  return (
    <AppShell visit={visit} title={one.name}>
      <BackLink href={here} text={t("identity.factors.desk.title")} />
      <h1>{one.name}</h1>
      {code !== undefined && (
        <section class="outcome good">
          <h2>{t("identity.factors.desk.code")}</h2>
          <p>
            <code class="activation-code">{code}</code>
          </p>
          <p>{t("identity.factors.desk.code-lead")}</p>
        </section>
      )}
      <Facts
        rows={[
          { name: t("identity.factors.desk.state-title"), value: <State visit={visit} one={one} now={now} /> },
          { name: t("identity.factors.pin"), value: one.pin },
          { name: t("identity.factors.register.born"), value: formatDate(language, one.bornOn) },
          { name: t("identity.factors.desk.asked"), value: at(one.requestedAt) },
          ...(one.approvedAt ? [{ name: t("identity.factors.desk.approved"), value: at(one.approvedAt) }] : []),
          ...(one.expiresAt ? [{ name: t("identity.factors.desk.until"), value: at(one.expiresAt) }] : []),
        ]}
      />
      {state === "waiting" && may.own && <p class="notice">{t("identity.factors.desk.own")}</p>}
      {state === "waiting" && may.approve && !may.own && (
        <form method="post" action={`${here}/${one.id}`}>
          <p>{t("identity.factors.desk.approve-lead")}</p>
          <input type="hidden" name="act" value="approve" />
          <button class="button">{t("identity.factors.desk.approve")}</button>
        </form>
      )}
      {(state === "waiting" || state === "handed-out") && (
        <form method="post" action={`${here}/${one.id}`}>
          <input type="hidden" name="act" value="void" />
          <button class="button quiet">{t("identity.factors.desk.void")}</button>
        </form>
      )}
    </AppShell>
  );
}

export function LinkOfficialPage({ visit, errors = {}, done }: { visit: Visit; errors?: Errors; done?: boolean }) {
  const { t, language } = visit;
  return (
    <FormPage
      visit={visit}
      title={t("identity.factors.desk.link-title")}
      lead={t("identity.factors.desk.link-lead")}
      back={{ href: `/${language}/desk/activations`, text: t("identity.factors.desk.title") }}
      errors={errors}
      above={done === true && <p class="notice">{t("identity.factors.desk.linked")}</p>}
      action={`/${language}/desk/official-accounts`}
      button={t("identity.factors.desk.link")}
    >
      <Input
        t={t}
        id="official"
        name="official"
        label={t("identity.factors.desk.official")}
        hint={t("identity.factors.desk.official-hint")}
        width="short"
        maxLength={60}
        spellcheck={false}
        {...(errors.official && { error: errors.official })}
      />
      <Input
        t={t}
        id="pin"
        name="pin"
        label={t("identity.factors.pin")}
        width="middle"
        inputmode="numeric"
        maxLength={20}
        {...(errors.pin && { error: errors.pin })}
      />
    </FormPage>
  );
}
