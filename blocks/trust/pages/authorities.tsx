import { formatDate, formatInstant } from "@kerege/kernel/format";
import { AppShell, Facts, Input, Outcome, StackTable, StatusTag, type Visit } from "@kerege/kernel/page";
import type { ComponentChildren, VNode } from "preact";
import type { Certificate } from "../certificate.ts";
import type { CertificateRecord } from "../pki/store.ts";
import { LongWord } from "./long-word.tsx";

export type ShownAuthority = { name: string; certificate: Certificate };

type Shown = {
  visit: Visit;
  timeZone: string;
  now: Date;
  authorities: readonly ShownAuthority[];
  /** Serial number that was asked for, and what was found. */
  asked?: { serial: string; found: CertificateRecord | undefined };
};

/** Which authorities there are, how they stand, what they publish; and the state of a certificate by its serial number. */
export function AuthoritiesPage({ visit, timeZone, now, authorities, asked }: Shown): VNode {
  const { language, t } = visit;
  return (
    <AppShell visit={visit} title={t("trust.authorities.title")}>
      <h1>{t("trust.authorities.title")}</h1>
      <p class="lead">{t("trust.authorities.lead")}</p>
      <h2 id="certificate">{t("trust.authorities.search")}</h2>
      {asked && <Found visit={visit} timeZone={timeZone} now={now} asked={asked} />}
      <form method="get" action={`/${language}/trust#certificate`}>
        <Input
          t={t}
          id="serial"
          name="serial"
          value={asked?.serial ?? ""}
          maxLength={80}
          spellcheck={false}
          label={t("trust.authorities.serial")}
          hint={t("trust.authorities.serial-hint")}
        />
        <button class="button">{t("trust.authorities.find")}</button>
      </form>
      <h2>{t("trust.authorities.list")}</h2>
      <StackTable
        caption={t("trust.authorities.list")}
        columns={["name", "state", "until", "fingerprint", "files"].map((column) => t(`trust.authorities.${column}`))}
        rows={authorities.map(({ name, certificate }) => [
          certificate.name.commonName,
          <Standing visit={visit} certificate={certificate} now={now} />,
          formatDate(language, certificate.notAfter.toISOString().slice(0, 10)),
          <LongWord text={certificate.fingerprint} />,
          <>
            <a href={`/trust/authorities/${name}.cer`}>{t("trust.authorities.certificate")}</a>
            {", "}
            <a href={`/trust/crl/${name}.crl`}>{t("trust.authorities.revoked")}</a>
          </>,
        ])}
      />
      <h2>{t("trust.authorities.services")}</h2>
      <Facts
        rows={[
          { name: t("trust.authorities.anchors"), value: <a href="/trust/anchors.pem">/trust/anchors.pem</a> },
          { name: t("trust.authorities.trusted-list"), value: <a href="/trust/list.xml">/trust/list.xml</a> },
          { name: t("trust.authorities.ocsp"), value: <code>/trust/ocsp</code> },
          { name: t("trust.authorities.tsa"), value: <code>/trust/tsa</code> },
        ]}
      />
      <p>
        <a href={`/${language}/check`}>{t("trust.check.title")}</a>
      </p>
    </AppShell>
  );
}

function Standing({ visit: { t }, certificate, now }: { visit: Visit; certificate: Certificate; now: Date }) {
  const isGood = certificate.notBefore <= now && now < certificate.notAfter;
  return <StatusTag tone={isGood ? "good" : "bad"} text={t(`trust.certificate-states.${isGood ? "good" : "over"}`)} />;
}

/** What anyone may know of a certificate. Who a person's certificate belongs to stands in it, and is not told to who has only its number. */
function Found({ visit, timeZone, now, asked }: Required<Pick<Shown, "visit" | "timeZone" | "now" | "asked">>) {
  const { language, t } = visit;
  const { found, serial } = asked;
  if (!found) {
    return (
      <Outcome tone="bad" title={t("trust.authorities.none")}>
        <p>{t("trust.authorities.none-lead", { serial })}</p>
      </Outcome>
    );
  }
  const isOver = found.notAfter <= now;
  const state = found.state === "good" && isOver ? "over" : found.state;
  const instant = (at: Date) => formatInstant(language, at, timeZone);
  const rows: { name: string; value: ComponentChildren }[] = [
    { name: t("trust.personal.purpose"), value: t(`trust.certificate-kinds.${found.kind}`) },
    { name: t("trust.personal.since"), value: instant(found.issuedAt) },
    { name: t("trust.authorities.until"), value: formatDate(language, found.notAfter.toISOString().slice(0, 10)) },
    { name: t("trust.personal.serial"), value: <LongWord text={found.serial} /> },
  ];
  if (found.revokedAt) {
    rows.push({ name: t("trust.authorities.ended"), value: instant(found.revokedAt) });
    rows.push({ name: t("trust.authorities.why"), value: t(`trust.revocation-reasons.${found.reason ?? "unspecified"}`) });
  }
  return (
    <Outcome tone={state === "good" ? "good" : "bad"} title={t(`trust.authorities.states.${state}`)}>
      <Facts rows={rows} />
    </Outcome>
  );
}
