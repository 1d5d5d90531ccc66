import { formatDate, formatInstant } from "@kerege/kernel/format";
import {
  AppShell,
  BackLink,
  Choices,
  ErrorSummary,
  Facts,
  FileUpload,
  Input,
  StackTable,
  StatusTag,
  type Visit,
} from "@kerege/kernel/page";
import { type CertificateAct, type CertificateRecord, REVOCATION_REASONS } from "@kerege/trust";

/** What an officer gives certificates for: a person's own key for signing or signing in, a system of the officer's body. */
export const ISSUED_KINDS = ["person-signing", "person-authentication", "system"] as const;

export interface TypedOrder {
  kind: string;
  pin: string;
  system: string;
  dns: string;
}

type Errors = Partial<Record<"kind" | "pin" | "system" | "dns" | "file" | "serial", string>>;

/** The officer's page: give a certificate over a request, find one by its serial number. */
export function CertificatesDesk(given: { visit: Visit; typed: TypedOrder; errors: Errors }) {
  const { visit, typed, errors } = given;
  const { language, t } = visit;
  const lines = Object.entries(errors).map(([field, text]) => ({ href: `#${field === "kind" ? "kind-1" : field}`, text }));
  const error = (field: keyof Errors) => (errors[field] ? { error: errors[field] } : {});
  const here = `/${language}/desk/certificates`;
  return (
    <AppShell visit={visit} title={t("portal.certificates.title")}>
      <ErrorSummary title={t("portal.form.error-title")} errors={lines} />
      <h1>{t("portal.certificates.title")}</h1>
      <p class="lead">{t("portal.certificates.lead")}</p>
      <h2>{t("portal.certificates.find")}</h2>
      <form method="get" action={here}>
        <Input t={t} id="serial" name="serial" label={t("trust.authorities.serial")} maxLength={80} {...error("serial")} />
        <button class="button quiet">{t("trust.authorities.find")}</button>
      </form>
      <h2>{t("portal.certificates.give")}</h2>
      <form method="post" action={here} encType="multipart/form-data">
        <Choices
          t={t}
          id="kind"
          name="kind"
          label={t("portal.certificates.kind")}
          value={typed.kind}
          options={ISSUED_KINDS.map((kind) => ({ value: kind, label: t(`trust.certificate-kinds.${kind}`) }))}
          {...error("kind")}
        />
        <Input
          t={t}
          id="pin"
          name="pin"
          label={t("portal.certificates.pin")}
          hint={t("portal.certificates.pin-hint")}
          value={typed.pin}
          inputmode="numeric"
          width="middle"
          maxLength={20}
          {...error("pin")}
        />
        <Input
          t={t}
          id="system"
          name="system"
          label={t("portal.certificates.system")}
          hint={t("portal.certificates.system-hint")}
          value={typed.system}
          maxLength={64}
          {...error("system")}
        />
        <Input
          t={t}
          id="dns"
          name="dns"
          label={t("portal.certificates.dns")}
          value={typed.dns}
          maxLength={250}
          {...error("dns")}
        />
        <FileUpload
          t={t}
          id="file"
          name="file"
          label={t("portal.certificates.file")}
          hint={t("portal.certificates.file-hint")}
          accept=".csr,.req,.p10,.pem,.der"
          {...error("file")}
        />
        <button class="button">{t("portal.certificates.issue")}</button>
      </form>
    </AppShell>
  );
}

/** One certificate: what it says, what was done to it, what may be done now. */
export function CertificateDesk(given: {
  visit: Visit;
  timeZone: string;
  one: CertificateRecord;
  acts: CertificateAct[];
  pem: string;
  unsure: boolean;
}) {
  const { visit, timeZone, one, acts, pem, unsure } = given;
  const { language, t } = visit;
  const here = `/${language}/desk/certificates/${one.serial}`;
  const instant = (at: Date) => formatInstant(language, at, timeZone);
  return (
    <AppShell visit={visit} title={t("portal.certificates.one")}>
      {unsure && (
        <ErrorSummary
          title={t("portal.form.error-title")}
          errors={[{ href: "#reason-1", text: t("portal.certificates.say-why") }]}
        />
      )}
      <BackLink href={`/${language}/desk/certificates`} text={t("portal.certificates.title")} />
      <h1>
        {t("portal.certificates.one")}{" "}
        <StatusTag tone={one.state === "good" ? "good" : "bad"} text={t(`trust.certificate-states.${one.state}`)} />
      </h1>
      <Facts
        rows={[
          { name: t("trust.personal.purpose"), value: t(`trust.certificate-kinds.${one.kind}`) },
          { name: t("portal.certificates.holder"), value: one.holder },
          { name: t("trust.personal.serial"), value: <code class="long">{one.serial}</code> },
          { name: t("trust.authorities.until"), value: formatDate(language, one.notAfter.toISOString().slice(0, 10)) },
        ]}
      />
      <p>
        <a href={`data:application/x-pem-file;base64,${Buffer.from(pem).toString("base64")}`} download={`${one.serial}.pem`}>
          {t("portal.certificates.take")}
        </a>
      </p>
      <h2>{t("portal.certificates.history")}</h2>
      <StackTable
        caption={t("portal.certificates.history")}
        columns={["when", "what", "why"].map((column) => t(`portal.certificates.${column}`))}
        rows={acts.map((act) => [
          instant(act.at),
          t(`portal.certificates.acts.${act.act}`),
          act.reason ? t(`trust.revocation-reasons.${act.reason}`) : "–",
        ])}
      />
      {one.state !== "revoked" && <Acts visit={visit} here={here} state={one.state} unsure={unsure} />}
    </AppShell>
  );
}

function Acts({ visit: { t }, here, state, unsure }: { visit: Visit; here: string; state: string; unsure: boolean }) {
  return (
    <>
      <form method="post" action={here}>
        <button class="button quiet" name="act" value={state === "good" ? "suspend" : "resume"}>
          {t(state === "good" ? "portal.certificates.suspend" : "portal.certificates.resume")}
        </button>
      </form>
      <h2>{t("portal.certificates.revoke")}</h2>
      <p>{t("portal.certificates.revoke-lead")}</p>
      <form method="post" action={here}>
        <Choices
          t={t}
          id="reason"
          name="reason"
          label={t("trust.authorities.why")}
          value=""
          options={REVOCATION_REASONS.map((reason) => ({ value: reason, label: t(`trust.revocation-reasons.${reason}`) }))}
          {...(unsure && { error: t("portal.certificates.say-why") })}
        />
        <button class="button danger" name="act" value="revoke">
          {t("portal.certificates.revoke")}
        </button>
      </form>
    </>
  );
}
