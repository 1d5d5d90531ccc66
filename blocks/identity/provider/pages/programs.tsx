import { formatInstant } from "@kerege/kernel/format";
import {
  AppShell,
  BackLink,
  Choices,
  EmptyState,
  ErrorSummary,
  Facts,
  Input,
  StackTable,
  StatusTag,
  Textarea,
  type Visit,
} from "@kerege/kernel/page";
import type { Client } from "../../desk.ts";
import type { Program } from "../program.ts";
import type { ProgramActRecord } from "../store-programs.ts";

type Errors = Record<string, string>;

interface ProgramsProps {
  visit: Visit;
  timeZone: string;
  /** Each with the name of the body that answers for it. */
  programs: { program: Program; owner: string }[];
  systems: { system: Client; owner: string }[];
  errors?: Errors;
  typed?: { body: string; name: string };
  /** Of a system that was added a moment ago. */
  secret?: string;
}

function State({ visit: { t }, program }: { visit: Visit; program: Program }) {
  const state = program.suspendedAt ? "suspended" : "working";
  return <StatusTag tone={program.suspendedAt ? "bad" : "good"} text={t(`identity.programs.state.${state}`)} />;
}

/** Shown once, and kept nowhere. */
function Secret({ visit: { t }, secret }: { visit: Visit; secret: string | undefined }) {
  if (secret === undefined) return null;
  return (
    <section class="outcome good">
      <h2>{t("identity.programs.secret")}</h2>
      <p>
        <code class="long">{secret}</code>
      </p>
      <p>{t("identity.programs.secret-once")}</p>
    </section>
  );
}

/** All programs that sign people in or ask, and all systems with a secret. */
export function ProgramsPage({ visit, timeZone, programs, systems, errors = {}, typed, secret }: ProgramsProps) {
  const { t, language } = visit;
  const here = `/${language}/desk/programs`;
  const error = (name: string) => (errors[name] ? { error: errors[name] } : {});
  return (
    <AppShell visit={visit} title={t("identity.programs.title")}>
      <ErrorSummary
        title={t("identity.factors.mend")}
        errors={Object.entries(errors).map(([name, text]) => ({ href: `#${name}`, text }))}
      />
      <h1>{t("identity.programs.title")}</h1>
      <p class="lead">{t("identity.programs.lead")}</p>
      <Secret visit={visit} secret={secret} />
      <p class="actions">
        <a class="button" href={`${here}/new`}>
          {t("identity.programs.new")}
        </a>
      </p>
      {programs.length === 0 ? (
        <EmptyState text={t("identity.programs.none")} />
      ) : (
        <StackTable
          caption={t("identity.programs.title")}
          columns={["name", "body", "profile", "agreement", "quota", "state"].map((name) => t(`identity.programs.field.${name}`))}
          rows={programs.map(({ program, owner }) => [
            <a href={`${here}/${program.id}`}>{program.name}</a>,
            owner,
            t(`identity.programs.profile.${program.profile}`),
            program.agreement ?? "—",
            t("identity.programs.a-minute", { quota: program.quota }),
            <State visit={visit} program={program} />,
          ])}
        />
      )}
      <h2>{t("identity.programs.systems")}</h2>
      <p>{t("identity.programs.systems-lead")}</p>
      {systems.length > 0 && (
        <StackTable
          caption={t("identity.programs.systems")}
          columns={[...["name", "body", "added"].map((name) => t(`identity.programs.field.${name}`)), t("identity.programs.do")]}
          rows={systems.map(({ system, owner }) => [
            system.name,
            owner,
            formatInstant(language, system.addedAt, timeZone),
            <form method="post" action={`/${language}/desk/systems/${system.id}`}>
              <input type="hidden" name="act" value="end" />
              <button class="link" aria-label={t("identity.programs.end-of", { name: system.name })}>
                {t("identity.programs.end")}
              </button>
            </form>,
          ])}
        />
      )}
      <form method="post" action={`/${language}/desk/systems`}>
        <Input
          t={t}
          id="system-name"
          name="name"
          label={t("identity.programs.system-name")}
          hint={t("identity.programs.hint.system-name")}
          value={typed?.name ?? ""}
          width="middle"
          maxLength={100}
          {...error("system-name")}
        />
        <Input
          t={t}
          id="system-body"
          name="body"
          label={t("identity.programs.field.body")}
          hint={t("identity.programs.hint.body")}
          value={typed?.body ?? ""}
          width="middle"
          maxLength={60}
          spellcheck={false}
          {...error("system-body")}
        />
        <button class="button quiet">{t("identity.programs.add-system")}</button>
      </form>
    </AppShell>
  );
}

export interface ShownProgram {
  program: Program;
  owner: string;
  acts: ProgramActRecord[];
  /** The most it asked in one minute of the last hour. */
  busiest: number;
}

/** One program: what it is, what it may, what was done to it, and what may be done. */
export function ProgramPage({
  visit,
  timeZone,
  shown,
  secret,
  errors = {},
}: {
  visit: Visit;
  timeZone: string;
  shown: ShownProgram;
  secret?: string;
  errors?: Errors;
}) {
  const { t, language } = visit;
  const { program, owner, acts, busiest } = shown;
  const here = `/${language}/desk/programs/${program.id}`;
  const at = (instant: Date) => formatInstant(language, instant, timeZone);
  const error = (name: string) => (errors[name] ? { error: errors[name] } : {});
  const row = (name: string, value: Parameters<typeof Facts>[0]["rows"][number]["value"]) => ({
    name: t(`identity.programs.field.${name}`),
    value,
  });
  const list = (name: string, values: string[]) => (values.length > 0 ? [row(name, values.join(", "))] : []);
  return (
    <AppShell visit={visit} title={program.name}>
      <BackLink href={`/${language}/desk/programs`} text={t("identity.programs.title")} />
      <ErrorSummary
        title={t("identity.factors.mend")}
        errors={Object.entries(errors).map(([name, text]) => ({ href: `#${name === "sure" ? "sure-1" : name}`, text }))}
      />
      <h1>{program.name}</h1>
      <Secret visit={visit} secret={secret} />
      <Facts
        rows={[
          row("state", <State visit={visit} program={program} />),
          row("id", <code>{program.id}</code>),
          row("body", `${owner} (${program.body})`),
          row("profile", t(`identity.programs.profile.${program.profile}`)),
          row("agreement", program.agreement ?? "—"),
          ...list(
            "scopes",
            program.scopes.map((scope) => t(`identity.programs.scope.${scope}`)),
          ),
          row("authMethod", t(`identity.programs.method.${program.authMethod}`)),
          ...list(
            "keys",
            (program.keys?.keys ?? []).map((key) => String((key as { kid?: string }).kid ?? key.crv)),
          ),
          ...list("redirectUris", program.redirectUris),
          ...list("signOutUris", program.signOutUris),
          ...(program.backChannelUri ? [row("backChannelUri", program.backChannelUri)] : []),
          row("boundTokens", t(`identity.programs.${program.boundTokens ? "yes" : "no"}`)),
          row("quota", t("identity.programs.a-minute", { quota: program.quota })),
          row("busiest", t("identity.programs.a-minute", { quota: busiest })),
          row("added", at(program.addedAt)),
        ]}
      />
      <h2>{t("identity.programs.terms")}</h2>
      <form method="post" action={here}>
        <input type="hidden" name="act" value="terms" />
        <Input
          t={t}
          id="agreement"
          name="agreement"
          label={t("identity.programs.field.agreement")}
          value={program.agreement ?? ""}
          width="middle"
          maxLength={100}
          {...error("agreement")}
        />
        <Input
          t={t}
          id="quota"
          name="quota"
          label={t("identity.programs.field.quota")}
          hint={t("identity.programs.hint.quota")}
          value={String(program.quota)}
          width="short"
          inputmode="numeric"
          maxLength={9}
          {...error("quota")}
        />
        <button class="button quiet">{t("identity.programs.save")}</button>
      </form>
      <h2>{t("identity.programs.keys-title")}</h2>
      <form method="post" action={here}>
        {program.authMethod === "private_key_jwt" ? (
          <>
            <input type="hidden" name="act" value="keys" />
            <Textarea
              t={t}
              id="keys"
              name="keys"
              label={t("identity.programs.field.keys")}
              hint={t("identity.programs.hint.keys")}
              rows={4}
              maxLength={8000}
              {...error("keys")}
            />
            <button class="button quiet">{t("identity.programs.replace-keys")}</button>
          </>
        ) : (
          <>
            <input type="hidden" name="act" value="secret" />
            <p>{t("identity.programs.renew-lead")}</p>
            <button class="button quiet">{t("identity.programs.renew")}</button>
          </>
        )}
      </form>
      <h2>{t("identity.programs.stop")}</h2>
      <p>{t("identity.programs.stop-lead")}</p>
      <div class="actions">
        <form method="post" action={here}>
          <input type="hidden" name="act" value={program.suspendedAt ? "resume" : "suspend"} />
          <button class="button quiet">{t(`identity.programs.act.${program.suspendedAt ? "resume" : "suspend"}`)}</button>
        </form>
      </div>
      <h2>{t("identity.programs.end-title")}</h2>
      <form method="post" action={here}>
        <input type="hidden" name="act" value="end" />
        <Choices
          t={t}
          id="sure"
          name="sure"
          label={t("identity.programs.say-sure")}
          value=""
          many
          options={[{ value: "yes", label: t("identity.programs.sure", { name: program.name }) }]}
          {...error("sure")}
        />
        <button class="button quiet">{t("identity.programs.act.end")}</button>
      </form>
      <h2>{t("identity.programs.acts")}</h2>
      <StackTable
        caption={t("identity.programs.acts")}
        columns={["when", "who", "what"].map((name) => t(`identity.programs.field.${name}`))}
        rows={acts.map((act) => [
          at(act.at),
          act.by,
          `${t(`identity.programs.done.${act.act}`)}${act.detail ? ` (${act.detail})` : ""}`,
        ])}
      />
    </AppShell>
  );
}
