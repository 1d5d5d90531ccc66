import { Textarea, type Visit } from "@kerege/kernel/page";

/** Why it is done: stays in the record. */
export function ReasonField({ t, value, fault }: { t: Visit["t"]; value: string | undefined; fault: string | undefined }) {
  return (
    <Textarea
      t={t}
      id="reason"
      name="reason"
      label={t("process.pages.reason")}
      hint={t("process.pages.reason-hint")}
      value={value ?? ""}
      rows={3}
      maxLength={1000}
      {...(fault !== undefined && { error: fault })}
    />
  );
}

/** The reason, and on to the last look. */
export function ToLook({ t, typed, faults }: { t: Visit["t"]; typed: Record<string, string>; faults: Record<string, string> }) {
  return (
    <>
      <ReasonField t={t} value={typed.reason} fault={faults.reason} />
      <button class="button" name="step" value="look">
        {t("process.pages.look")}
      </button>
    </>
  );
}

/** After the last look: what was typed goes along, to be done or to be changed. */
export function SureForm(given: {
  t: Visit["t"];
  action: string;
  typed: Record<string, string>;
  doing: string;
  danger?: boolean;
}) {
  const { t, action, typed, doing, danger = false } = given;
  return (
    <form method="post" action={action}>
      {Object.entries(typed).map(([name, value]) => name !== "step" && <input type="hidden" name={name} value={value} />)}
      <p class="actions">
        <button class={danger ? "button danger" : "button"} name="step" value="do">
          {doing}
        </button>
        <button class="button quiet" name="step" value="change">
          {t("process.pages.change")}
        </button>
      </p>
    </form>
  );
}
