import { formatDate, formatInstant } from "@kerege/kernel/format";
import {
  AppShell,
  BackLink,
  EmptyState,
  ErrorSummary,
  Facts,
  FileUpload,
  Input,
  StackTable,
  StatusTag,
  type Visit,
} from "@kerege/kernel/page";
import type { ComponentChildren, VNode } from "preact";
import { LongWord } from "../../pages/long-word.tsx";
import type { CertificateRecord } from "../../pki/store.ts";
import { MOST_TRIES, type OwnKey, PHRASE } from "../keys.ts";
import type { RequestLine } from "../store.ts";

/** What was wrong with a form of this page: which one, and the key of its sentence. */
export type OwnFault = { form: "key" | "phrase" | "old" | "give-up" | "own"; text: string; left?: number };

type Shown = {
  visit: Visit;
  timeZone: string;
  key: OwnKey | undefined;
  certificates: CertificateRecord[];
  lines: RequestLine[];
  more: boolean;
  fault: OwnFault | undefined;
};

/** A person's key and certificates, what waits for a signature and what was signed. */
export function MySignatures(shown: Shown): VNode {
  const { visit, key, fault } = shown;
  const { language, t } = visit;
  const error = fault && t(fault.text, { left: fault.left ?? 0, least: PHRASE.least, most: PHRASE.most });
  return (
    <AppShell visit={visit} title={t("trust.personal.title")}>
      <BackLink href={`/${language}/cabinet`} text={t("trust.personal.cabinet")} />
      {error && <ErrorSummary title={t("trust.personal.error-title")} errors={[{ href: `#${fault.form}`, text: error }]} />}
      <h1>{t("trust.personal.title")}</h1>
      <p class="lead">{t("trust.personal.lead")}</p>
      {key ? <KeyCard {...shown} ownKey={key} error={error} /> : <MakeKey {...shown} error={error} />}
      {key && <SignOwn {...shown} error={error} />}
      <h2 id="signed">{t("trust.personal.requests")}</h2>
      <Requests {...shown} />
      <Certificates {...shown} />
    </AppShell>
  );
}

type WithError = Shown & { error: string | undefined };

function MakeKey({ visit, fault, error }: WithError) {
  const { language, t } = visit;
  return (
    <section>
      <h2>{t("trust.personal.make-title")}</h2>
      <p>{t("trust.personal.make-lead", { tries: MOST_TRIES })}</p>
      <form method="post" action={`/${language}/cabinet/signatures/key`}>
        <PhraseFields visit={visit} id="key" error={fault?.form === "key" ? error : undefined} />
        <button class="button">{t("trust.personal.make")}</button>
      </form>
    </section>
  );
}

function PhraseFields({ visit: { t }, id, error }: { visit: Visit; id: string; error: string | undefined }) {
  const field = { t, type: "password", autocomplete: "new-password", width: "middle", maxLength: PHRASE.most } as const;
  const hint = t("trust.personal.phrase-hint", { least: PHRASE.least });
  return (
    <>
      <Input {...field} id={id} name="phrase" label={t("trust.personal.phrase")} hint={hint} {...(error && { error })} />
      <Input {...field} id={`${id}-again`} name="again" label={t("trust.personal.again")} />
    </>
  );
}

function KeyCard({ visit, timeZone, ownKey, fault, error }: WithError & { ownKey: OwnKey }) {
  const { language, t } = visit;
  const { certificate, isBlocked, triesLeft } = ownKey;
  const on = (form: OwnFault["form"]) => (fault?.form === form ? error : undefined);
  const [old, phrase, sure] = [on("old"), on("phrase"), on("give-up")];
  return (
    <section>
      <h2>{t("trust.personal.key-title")}</h2>
      <Facts
        rows={[
          { name: t("trust.personal.state"), value: <KeyState visit={visit} certificate={certificate} isBlocked={isBlocked} /> },
          { name: t("trust.personal.serial"), value: <LongWord text={certificate.serial} /> },
          { name: t("trust.personal.until"), value: formatDate(language, certificate.notAfter.toISOString().slice(0, 10)) },
          { name: t("trust.personal.since"), value: formatInstant(language, certificate.issuedAt, timeZone) },
          { name: t("trust.personal.tries"), value: isBlocked ? "0" : String(triesLeft) },
        ]}
      />
      {isBlocked && <p>{t("trust.personal.blocked")}</p>}
      {!isBlocked && (
        <details open={old !== undefined || phrase !== undefined}>
          <summary>{t("trust.personal.change")}</summary>
          <form method="post" action={`/${language}/cabinet/signatures/phrase`}>
            <Input
              t={t}
              id="old"
              name="old"
              type="password"
              autocomplete="current-password"
              width="middle"
              maxLength={PHRASE.most}
              label={t("trust.personal.old")}
              {...(old && { error: old })}
            />
            <PhraseFields visit={visit} id="phrase" error={phrase} />
            <button class="button">{t("trust.personal.change")}</button>
          </form>
        </details>
      )}
      <details open={sure !== undefined}>
        <summary>{t("trust.personal.give-up")}</summary>
        <p>{t("trust.personal.give-up-lead")}</p>
        <form method="post" action={`/${language}/cabinet/signatures/give-up`}>
          <div class="choice">
            <input type="checkbox" id="give-up" name="sure" value="yes" aria-invalid={sure ? "true" : undefined} />
            <label for="give-up">{t("trust.personal.sure")}</label>
          </div>
          {sure && <p class="error">{sure}</p>}
          <button class="button danger">{t("trust.personal.give-up")}</button>
        </form>
      </details>
    </section>
  );
}

function SignOwn({ visit, fault, error }: WithError) {
  const { language, t } = visit;
  const wrong = fault?.form === "own" ? error : undefined;
  return (
    <section>
      <h2>{t("trust.personal.own-title")}</h2>
      <form method="post" action={`/${language}/cabinet/signatures/own`} encType="multipart/form-data">
        <FileUpload
          t={t}
          id="own"
          name="file"
          label={t("trust.personal.own-file")}
          hint={t("trust.personal.own-hint")}
          accept="application/pdf,text/plain,.pdf,.txt"
          {...(wrong && { error: wrong })}
        />
        <button class="button">{t("trust.personal.own-go")}</button>
      </form>
    </section>
  );
}

function Requests({ visit, timeZone, lines, more }: Shown) {
  const { language, t } = visit;
  if (lines.length === 0) return <EmptyState text={t("trust.personal.no-requests")} />;
  const now = Date.now();
  return (
    <>
      <StackTable
        caption={t("trust.personal.requests")}
        columns={["what", "when", "kind", "state"].map((column) => t(`trust.personal.${column}`))}
        rows={lines.map((line) => [
          <RequestTitle visit={visit} line={line} now={now} />,
          formatInstant(language, line.settled_at ?? line.created_at, timeZone),
          t(`trust.personal.kinds.${line.kind}`),
          <RequestTag visit={visit} line={line} now={now} />,
        ])}
      />
      {more && (
        <p>
          <a href={`?after=${lines.at(-1)!.id}#signed`} rel="next">
            {t("trust.personal.older")}
          </a>
        </p>
      )}
    </>
  );
}

type LineProps = { visit: Visit; line: RequestLine; now: number };

const stateOf = ({ state, expires_at }: RequestLine, now: number) =>
  state === "waiting" && expires_at.getTime() <= now ? "expired" : state;

function RequestTitle({ visit: { language, t }, line, now }: LineProps) {
  const state = stateOf(line, now);
  if (state === "waiting") return <a href={`/${language}/sign/${line.id}`}>{line.title}</a>;
  if (state !== "signed") return line.title;
  const label = t("trust.personal.take", { title: line.title });
  return (
    <a href={`/${language}/cabinet/signatures/${line.id}/file`} aria-label={label} download>
      {line.title}
    </a>
  );
}

function RequestTag({ visit: { t }, line, now }: LineProps) {
  const state = stateOf(line, now);
  const tone = state === "signed" ? "good" : state === "waiting" ? "work" : "calm";
  return <StatusTag tone={tone} text={t(`trust.personal.states.${state}`)} />;
}

function Certificates({ visit, timeZone, certificates }: Shown) {
  const { language, t } = visit;
  if (certificates.length === 0) return null;
  return (
    <section>
      <h2>{t("trust.personal.certificates")}</h2>
      <StackTable
        caption={t("trust.personal.certificates")}
        columns={["serial", "purpose", "since", "until", "state"].map((column) => t(`trust.personal.${column}`))}
        rows={certificates.map((one): ComponentChildren[] => [
          <LongWord text={one.serial} />,
          t(`trust.certificate-kinds.${one.kind}`),
          formatInstant(language, one.issuedAt, timeZone),
          formatDate(language, one.notAfter.toISOString().slice(0, 10)),
          <KeyState visit={visit} certificate={one} isBlocked={false} />,
        ])}
      />
    </section>
  );
}

function KeyState(given: { visit: Visit; certificate: CertificateRecord; isBlocked: boolean }) {
  const { visit, certificate, isBlocked } = given;
  const isOver = certificate.notAfter.getTime() <= Date.now();
  const state = isBlocked ? "blocked" : certificate.state === "good" && isOver ? "over" : certificate.state;
  return <StatusTag tone={state === "good" ? "good" : "bad"} text={visit.t(`trust.certificate-states.${state}`)} />;
}
