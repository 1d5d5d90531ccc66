import { formatDate, formatInstant } from "@kerege/kernel/format";
import { AppShell, ErrorSummary, Facts, FileUpload, Outcome, StackTable, StatusTag, type Visit } from "@kerege/kernel/page";
import type { ComponentChildren, VNode } from "preact";
import type { Indication, SignatureReport, ValidationReport } from "../signing/report.ts";
import { LongWord } from "./long-word.tsx";

type Shown = { visit: Visit; timeZone: string; report?: ValidationReport | undefined; nothing?: boolean };

const TONES: Record<Indication, "good" | "work" | "bad"> = {
  "TOTAL-PASSED": "good",
  INDETERMINATE: "work",
  "TOTAL-FAILED": "bad",
};

/** Checks any signed file, and says in plain words what it found and what to do. */
export function CheckPage({ visit, timeZone, report, nothing }: Shown): VNode {
  const { language, t } = visit;
  const error = nothing ? t("trust.check.nothing") : undefined;
  return (
    <AppShell visit={visit} title={t("trust.check.title")}>
      {error && <ErrorSummary title={t("trust.personal.error-title")} errors={[{ href: "#file", text: error }]} />}
      {report ? <Report visit={visit} timeZone={timeZone} report={report} /> : <h1>{t("trust.check.title")}</h1>}
      {report ? <h2>{t("trust.check.another")}</h2> : <p class="lead">{t("trust.check.lead")}</p>}
      <form method="post" action={`/${language}/check`} encType="multipart/form-data">
        <FileUpload
          t={t}
          id="file"
          name="file"
          label={t("trust.check.file")}
          hint={t("trust.check.file-hint")}
          accept=".pdf,.p7m,.p7s,.xml,.asice,.sce,.asics,.scs,.json,.jws"
          {...(error && { error })}
        />
        <FileUpload
          t={t}
          id="content"
          name="content"
          label={t("trust.check.content")}
          hint={t("trust.check.content-hint")}
          accept="*/*"
        />
        <button class="button">{t("trust.check.go")}</button>
      </form>
      <p class="small">
        {t("trust.check.kept")} <a href={`/${language}/verify`}>{t("trust.check.verify")}</a>
      </p>
    </AppShell>
  );
}

function Report({ visit, timeZone, report }: { visit: Visit; timeZone: string; report: ValidationReport }) {
  const { t } = visit;
  const tone = report.indication === "TOTAL-PASSED" ? "good" : "bad";
  return (
    <>
      <Outcome tone={tone} title={t(`trust.signing.indications.${report.indication}`)}>
        <p>{t(`trust.signing.reasons.${report.reason}`)}</p>
        {report.next !== "nothing" && <p>{t(`trust.signing.next.${report.next}`)}</p>}
      </Outcome>
      <p>
        {t(`trust.signing.formats.${report.format}`)}
        {report.subindication && (
          <>
            {" "}
            <code>{report.subindication}</code>
          </>
        )}
      </p>
      {report.signatures.map((one, index) => (
        <Signature visit={visit} timeZone={timeZone} one={one} number={report.signatures.length > 1 ? index + 1 : undefined} />
      ))}
    </>
  );
}

type One = { visit: Visit; timeZone: string; one: SignatureReport; number: number | undefined };

function Signature({ visit, timeZone, one, number }: One) {
  const { language, t } = visit;
  const instant = (at: Date) => formatInstant(language, at, timeZone);
  const field = (name: string) => t(`trust.signing.fields.${name}`);
  const rows: { name: string; value: ComponentChildren }[] = [];
  const add = (name: string, value: ComponentChildren) => value && rows.push({ name: field(name), value });
  const { signer } = one;
  add("signer", signer && `${signer.name} (${t(`trust.signing.signers.${signer.kind}`)})`);
  add("body", signer?.kind === "body" ? "" : signer?.body);
  add("title", signer?.title);
  add("time", one.claimedAt && `${instant(one.claimedAt)}. ${t(`trust.signing.time.${one.timeSource}`)}`);
  add("proven", one.provenAt && instant(one.provenAt));
  add("level", `${one.level}. ${t(`trust.signing.levels.${levelOf(one.level)}`)}`);
  add("covers", <Covers visit={visit} covers={one.covers} />);
  add("reason", one.statedReason);
  add("status", one.status && instant(one.status.knownAt));
  add("until", one.until && formatDate(language, one.until.toISOString().slice(0, 10)));
  add("serial", signer && <LongWord text={signer.serial} />);
  return (
    <section>
      <h2>
        {number === undefined ? t("trust.check.signature") : t("trust.check.signature-nr", { number })}{" "}
        <StatusTag tone={TONES[one.indication]} text={t(`trust.signing.indications.${one.indication}`)} />
      </h2>
      {number !== undefined && <p>{t(`trust.signing.reasons.${one.reason}`)}</p>}
      <Facts rows={rows} />
      {one.stamps.length > 0 && (
        <details>
          <summary>{field("stamps")}</summary>
          <StackTable
            caption={field("stamps")}
            columns={[t("trust.check.stamped"), t("trust.check.stamper"), field("until")]}
            rows={one.stamps.map((stamp) => [
              instant(stamp.at),
              stamp.authority,
              formatDate(language, stamp.until.toISOString().slice(0, 10)),
            ])}
          />
        </details>
      )}
    </section>
  );
}

const LEVELS = ["LTA", "LT", "T"] as const;
/** `PAdES-B-LTA` has the words of `LTA`. */
const levelOf = (level: string): string => LEVELS.find((one) => level.endsWith(`-${one}`)) ?? "B";

function Covers({ visit: { t }, covers }: { visit: Visit; covers: SignatureReport["covers"] }) {
  const words = t(`trust.signing.covers.${covers.scope}`);
  if (covers.scope !== "parts") return words;
  return (
    <>
      {words}
      <ul>
        {covers.parts.map(({ name }) => (
          <li>{name}</li>
        ))}
      </ul>
    </>
  );
}
