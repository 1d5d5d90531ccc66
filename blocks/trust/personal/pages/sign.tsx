import { formatInstant } from "@kerege/kernel/format";
import { AppShell, ErrorSummary, Facts, Input, Outcome, type Visit } from "@kerege/kernel/page";
import type { VNode } from "preact";
import { LongWord } from "../../pages/long-word.tsx";
import type { SigningRequest } from "../contract.ts";
import { type OwnKey, PHRASE } from "../keys.ts";

type Shown = {
  visit: Visit;
  timeZone: string;
  shown: SigningRequest;
  key: OwnKey | undefined;
  /** SHA-256 of what is shown, hexadecimal. */
  digest: string;
  fault: { text: string; left?: number } | undefined;
};

/** The signing step: exactly what will be signed, and the two answers. */
export function SignPage(given: Shown): VNode {
  const { visit, timeZone, shown, digest, fault } = given;
  const { language, t } = visit;
  const error = fault && t(fault.text, { left: fault.left ?? 0 });
  const isWaiting = shown.state === "waiting";
  const settled = shown.settledAt ?? shown.createdAt;
  return (
    <AppShell visit={visit} title={t("trust.personal.sign-title")}>
      {error && <ErrorSummary title={t("trust.personal.error-title")} errors={[{ href: "#phrase", text: error }]} />}
      {isWaiting ? (
        <h1>{t("trust.personal.sign-title")}</h1>
      ) : (
        <Outcome tone={shown.state === "signed" ? "good" : "bad"} title={t(`trust.personal.settled.${shown.state}`)}>
          <p>{formatInstant(language, settled, timeZone)}</p>
        </Outcome>
      )}
      <h2>{shown.title}</h2>
      <What {...given} />
      <Facts
        rows={[
          { name: t("trust.personal.kind"), value: t(`trust.personal.kinds.${shown.kind}`) },
          { name: t("trust.personal.digest"), value: <LongWord text={digest} /> },
        ]}
      />
      {isWaiting ? (
        <Answers {...given} error={error} />
      ) : (
        <p>
          <a href={`/${language}/cabinet/signatures`}>{t("trust.personal.title")}</a>
        </p>
      )}
    </AppShell>
  );
}

/** Text as it is; a PDF to be opened. */
function What({ visit, shown }: Shown) {
  const { language, t } = visit;
  return (
    <>
      {shown.media === "text/plain" && (
        <div class="letter" tabindex={0} role="region" aria-label={shown.title}>
          <pre class="to-sign">{shown.content.toString("utf8")}</pre>
        </div>
      )}
      <p>
        <a href={`/${language}/sign/${shown.id}/content`} download>
          {t(shown.media === "text/plain" ? "trust.personal.take-text" : "trust.personal.open-pdf")}
        </a>
      </p>
    </>
  );
}

function Answers({ visit, shown, key, error }: Shown & { error: string | undefined }) {
  const { language, t } = visit;
  const action = `/${language}/sign/${shown.id}`;
  const canSign = shown.kind === "simple" || (key && !key.isBlocked && key.certificate.state === "good");
  return (
    <>
      {canSign ? (
        <form method="post" action={action}>
          {shown.kind === "advanced" ? (
            <Input
              t={t}
              id="phrase"
              name="phrase"
              type="password"
              autocomplete="current-password"
              width="middle"
              maxLength={PHRASE.most}
              label={t("trust.personal.phrase")}
              hint={t("trust.personal.phrase-why")}
              {...(error && { error })}
            />
          ) : (
            <p>{t("trust.personal.agree")}</p>
          )}
          <button class="button" name="answer" value="sign">
            {t("trust.personal.sign")}
          </button>
        </form>
      ) : (
        <p>
          {t(key?.isBlocked ? "trust.personal.blocked" : "trust.personal.need-key")}{" "}
          <a href={`/${language}/cabinet/signatures`}>{t("trust.personal.title")}</a>
        </p>
      )}
      <form method="post" action={action}>
        <button class="link" name="answer" value="decline">
          {t("trust.personal.decline")}
        </button>
      </form>
    </>
  );
}
