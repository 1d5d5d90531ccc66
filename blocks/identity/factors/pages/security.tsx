import { formatInstant } from "@kerege/kernel/format";
import { AppShell, BackLink, EmptyState, Facts, Input, StackTable, StatusTag, type Visit } from "@kerege/kernel/page";
import type { Authenticator, Channel, ChannelKind, SecurityEvent } from "../account.ts";
import { veil } from "../identifier.ts";
import type { SecurityOverview } from "../security.ts";
import { type Errors, FormPage, PasskeyForm } from "./parts.tsx";

export interface SecurityPageProps {
  visit: Visit;
  overview: SecurityOverview;
  /** Level of this session. */
  assurance: string;
  timeZone: string;
  /** Kinds of channels that can be added. */
  kinds: readonly ChannelKind[];
}

export function SecurityPage({ visit, overview, assurance, timeZone, kinds }: SecurityPageProps) {
  const { t, language } = visit;
  const here = `/${language}/cabinet/security`;
  const at = (instant: Date) => formatInstant(language, instant, timeZone);
  const { account, authenticators, channels, guardedUntil, level } = overview;
  const kept = authenticators.filter(({ kind }) => kind === "recovery").length;
  return (
    <AppShell visit={visit} title={t("identity.factors.security.title")}>
      <BackLink href={`/${language}/cabinet`} text={t("identity.factors.security.cabinet")} />
      <h1>{t("identity.factors.security.title")}</h1>
      <p class="lead">{t("identity.factors.security.lead")}</p>
      {guardedUntil && <p class="notice">{t("identity.factors.security.guarded", { at: at(guardedUntil) })}</p>}
      <Facts
        rows={[
          { name: t("identity.factors.security.level"), value: t(`identity.factors.level.${level}`) },
          { name: t("identity.factors.security.session"), value: t(`identity.factors.level.${assurance}`) },
          ...(account?.confirmedAt ? [{ name: t("identity.factors.security.confirmed"), value: at(account.confirmedAt) }] : []),
        ]}
      />
      <p>
        <a href={`/${language}/level`}>{t("identity.factors.level.title")}</a>
      </p>
      <h2>{t("identity.factors.security.ways")}</h2>
      {account === undefined ? (
        <EmptyState text={t("identity.factors.security.none")}>
          <p>
            <a href={`/${language}/activate`}>{t("identity.factors.sign-in.activate")}</a>
          </p>
        </EmptyState>
      ) : (
        <>
          <Factors visit={visit} authenticators={authenticators.filter(({ kind }) => kind !== "recovery")} at={at} />
          <p>{t("identity.factors.security.kept-codes", { count: kept })}</p>
          <ul class="plain-list">
            {(["passkey", "app", "password", "codes"] as const)
              .filter((page) => page === "password" || account.confirmedAt !== undefined)
              .map((page) => (
                <li>
                  <a href={`${here}/${page}`}>{t(`identity.factors.security.to-${page}`)}</a>
                </li>
              ))}
          </ul>
          <h2>{t("identity.factors.security.channels")}</h2>
          <p>{t("identity.factors.security.channels-lead")}</p>
          <Channels visit={visit} channels={channels} at={at} />
          {kinds.length > 0 && (
            <p class="actions">
              <a href={`${here}/channel`}>{t("identity.factors.security.to-channel")}</a>
            </p>
          )}
        </>
      )}
      <h2>{t("identity.factors.security.more")}</h2>
      <ul class="plain-list">
        <li>
          <a href={`/${language}/cabinet/devices`}>{t("identity.factors.security.devices")}</a>
        </li>
        <li>
          <a href={`/${language}/cabinet/apps`}>{t("identity.apps.title")}</a>
        </li>
        <li>
          <a href={`${here}/history`}>{t("identity.factors.security.history")}</a>
        </li>
      </ul>
    </AppShell>
  );
}

type At = (instant: Date) => string;

function nameOf({ t }: Visit, { kind, name }: Authenticator): string {
  const plain = t(`identity.factors.kind.${kind}`);
  return name === "" ? plain : `${plain}: ${name}`;
}

function Factors({ visit, authenticators, at }: { visit: Visit; authenticators: Authenticator[]; at: At }) {
  const { t, language } = visit;
  if (authenticators.length === 0) return <EmptyState text={t("identity.factors.security.no-factors")} />;
  return (
    <StackTable
      caption={t("identity.factors.security.ways")}
      columns={[
        t("identity.factors.security.way"),
        t("identity.factors.security.added"),
        t("identity.factors.security.used"),
        t("identity.factors.security.action"),
      ]}
      rows={authenticators.map((one) => [
        nameOf(visit, one),
        at(one.addedAt),
        one.usedAt ? at(one.usedAt) : "—",
        one.kind === "password" ? null : (
          <form method="post" action={`/${language}/cabinet/security/factors/${one.id}/remove`}>
            <button class="link" aria-label={`${t("identity.factors.security.remove")}: ${nameOf(visit, one)}`}>
              {t("identity.factors.security.remove")}
            </button>
          </form>
        ),
      ])}
    />
  );
}

function Channels({ visit, channels, at }: { visit: Visit; channels: Channel[]; at: At }) {
  const { t, language } = visit;
  if (channels.length === 0) return <EmptyState text={t("identity.factors.security.no-channels")} />;
  return (
    <StackTable
      caption={t("identity.factors.security.channels")}
      columns={[
        t("identity.factors.security.channel"),
        t("identity.factors.security.added"),
        t("identity.factors.security.action"),
      ]}
      rows={channels.map((one) => [
        `${t(`identity.factors.channel.${one.kind}`)}: ${veil(one)}`,
        at(one.confirmedAt),
        <form method="post" action={`/${language}/cabinet/security/channels/${one.id}/remove`}>
          <button class="link" aria-label={`${t("identity.factors.security.remove")}: ${veil(one)}`}>
            {t("identity.factors.security.remove")}
          </button>
        </form>,
      ])}
    />
  );
}

export function HistoryPage({ visit, events, timeZone }: { visit: Visit; events: SecurityEvent[]; timeZone: string }) {
  const { t, language } = visit;
  const detailOf = ({ event, detail }: SecurityEvent) =>
    detail === undefined ? "" : t(event === "signed-in" ? `identity.factors.level.${detail}` : `identity.factors.kind.${detail}`);
  return (
    <AppShell visit={visit} title={t("identity.factors.security.history")}>
      <BackLink href={`/${language}/cabinet/security`} text={t("identity.factors.security.title")} />
      <h1>{t("identity.factors.security.history")}</h1>
      <p class="lead">{t("identity.factors.security.history-lead")}</p>
      {events.length === 0 ? (
        <EmptyState text={t("identity.factors.security.history-none")} />
      ) : (
        <StackTable
          caption={t("identity.factors.security.history")}
          columns={[
            t("identity.factors.security.when"),
            t("identity.factors.security.what"),
            t("identity.factors.security.device"),
          ]}
          rows={events.map((one) => [
            formatInstant(language, one.at, timeZone),
            <>
              {one.event === "failed" ? (
                <StatusTag tone="bad" text={t("identity.factors.event.failed")} />
              ) : (
                t(`identity.factors.event.${one.event}`)
              )}
              {one.detail !== undefined && <small> {detailOf(one)}</small>}
            </>,
            one.device,
          ])}
        />
      )}
    </AppShell>
  );
}

export function AddPasskeyPage({ visit, options, refused }: { visit: Visit; options: object; refused?: boolean }) {
  const { t, language } = visit;
  return (
    <AppShell visit={visit} title={t("identity.factors.passkey.title")} noSearch>
      <BackLink href={`/${language}/cabinet/security`} text={t("identity.factors.security.title")} />
      <h1>{t("identity.factors.passkey.title")}</h1>
      <p class="lead">{t("identity.factors.passkey.lead")}</p>
      {refused === true && (
        <p class="error" role="alert">
          {t("identity.factors.passkey.refused")}
        </p>
      )}
      <PasskeyForm
        visit={visit}
        act="create"
        action={`/${language}/cabinet/security/passkey`}
        options={options}
        button={t("identity.factors.passkey.add")}
      >
        <Input
          t={t}
          id="name"
          name="name"
          label={t("identity.factors.passkey.name")}
          hint={t("identity.factors.passkey.name-hint")}
          width="middle"
          maxLength={60}
        />
      </PasskeyForm>
    </AppShell>
  );
}

export function AddChannelPage({ visit, typed, errors = {} }: { visit: Visit; typed: string; errors?: Errors }) {
  const { t, language } = visit;
  return (
    <FormPage
      visit={visit}
      title={t("identity.factors.security.to-channel")}
      lead={t("identity.factors.security.channels-lead")}
      back={{ href: `/${language}/cabinet/security`, text: t("identity.factors.security.title") }}
      errors={errors}
      action={`/${language}/cabinet/security/channel`}
      button={t("identity.factors.go-on")}
    >
      <Input
        t={t}
        id="address"
        name="address"
        label={t("identity.factors.register.address")}
        hint={t("identity.factors.register.address-hint")}
        value={typed}
        width="middle"
        maxLength={254}
        spellcheck={false}
        {...(errors.address && { error: errors.address })}
      />
    </FormPage>
  );
}
