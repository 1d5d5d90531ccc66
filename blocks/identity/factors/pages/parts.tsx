import { AppShell, BackLink, ErrorSummary, Input, type Visit } from "@kerege/kernel/page";
import { drawSymbol } from "@kerege/kernel/qr";
import type { ComponentChildren } from "preact";

/** Words of a field that has to be put right, by the name of the field. */
export type Errors = Record<string, string>;

export interface FormPageProps {
  visit: Visit;
  title: string;
  lead?: string;
  back?: { href: string; text: string };
  errors?: Errors;
  /** Above the form. */
  above?: ComponentChildren;
  action: string;
  button: string;
  children?: ComponentChildren;
  /** Below the form. */
  below?: ComponentChildren;
}

/** One question, one main action. */
export function FormPage({ visit, title, lead, back, errors = {}, above, action, button, children, below }: FormPageProps) {
  const { t } = visit;
  const lines = Object.entries(errors).map(([name, text]) => ({ href: `#${name}`, text }));
  return (
    <AppShell visit={visit} title={title} noSearch>
      {back && <BackLink href={back.href} text={back.text} />}
      <ErrorSummary title={t("identity.factors.mend")} errors={lines} />
      <h1>{title}</h1>
      {lead !== undefined && <p class="lead">{lead}</p>}
      {above}
      <form method="post" action={action}>
        {children}
        <button class="button">{button}</button>
      </form>
      {below}
    </AppShell>
  );
}

/** A code that was sent or that an app shows; a phone offers it by itself. */
export function CodeInput({ visit: { t }, name, label, errors }: { visit: Visit; name: string; label: string; errors: Errors }) {
  return (
    <Input
      t={t}
      id={name}
      name={name}
      label={label}
      width="short"
      inputmode="numeric"
      autocomplete="one-time-code"
      maxLength={10}
      {...(errors[name] && { error: errors[name] })}
    />
  );
}

/** A text as a QR code; the page says it in letters too. */
export function QrPicture({ text, alt }: { text: string; alt: string }) {
  const { side, bits } = drawSymbol(text);
  const quiet = 4;
  const width = (side + 7) >> 3;
  let path = "";
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const from = x;
      while (x < side && (bits[y * width + (x >> 3)]! << (x & 7)) & 0x80) x++;
      if (x > from) path += `M${from + quiet} ${y + quiet}h${x - from}v1h-${x - from}z`;
    }
  }
  const all = side + 2 * quiet;
  return (
    <svg class="qr" role="img" aria-label={alt} width={6 * all} height={6 * all} viewBox={`0 0 ${all} ${all}`}>
      <rect width={all} height={all} fill="#fff" />
      <path d={path} fill="#000" shape-rendering="crispEdges" />
    </svg>
  );
}

/** What a browser script needs to make or show a passkey; without scripts the form is not shown. */
export function PasskeyForm({
  visit,
  act,
  action,
  options,
  button,
  children,
}: {
  visit: Visit;
  act: "create" | "get";
  action: string;
  options: object;
  button: string;
  children?: ComponentChildren;
}) {
  const { t } = visit;
  return (
    <>
      <form method="post" action={action} hidden data-passkey={act} data-options={JSON.stringify(options)}>
        {children}
        <input type="hidden" name="answer" value="" />
        <p class="error" role="alert" hidden data-passkey-fault>
          {t("identity.factors.passkey.fault")}
        </p>
        <button class={act === "get" ? "button quiet" : "button"}>{button}</button>
      </form>
      <p data-passkey-none>{t(`identity.factors.passkey.none-${act}`)}</p>
      <script src={SCRIPT} defer />
    </>
  );
}

/** Where the script is served. */
export const SCRIPT = "/sign-in/passkey.js";
