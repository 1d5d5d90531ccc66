import {
  AppShell,
  BackLink,
  Choices,
  DateInput,
  ErrorSummary,
  Fieldset,
  Input,
  Known,
  Textarea,
  type Visit,
} from "@kerege/kernel/page";
import type { FieldError, FormField, FormPage } from "@kerege/services";
import { knownGroups } from "./parts.tsx";

/** One page of a form. With a single question the question is the heading. */
export function FormPageView({ visit, form }: { visit: Visit; form: FormPage }) {
  const { language, t } = visit;
  const path = `/${language}/cases/${form.case}`;
  const errors = form.errors.map((error) => ({ href: `#${idOf(error)}`, text: t(error.key, error.params) }));
  return (
    <AppShell visit={visit} title={form.title} noSearch>
      <BackLink
        href={form.previous ? `${path}/form/${form.previous}` : `/${language}/services/${form.service}`}
        text={t("portal.form.back")}
      />
      <ErrorSummary title={t("portal.form.error-title")} errors={errors} />
      <p class="step">
        {form.serviceTitle} · {t("portal.form.step", { number: form.number, of: form.of })}
      </p>
      <h1>{form.title}</h1>
      {form.intro && <p class="lead">{form.intro}</p>}
      {form.known.length > 0 && <Known title={t("portal.form.known")} groups={knownGroups(visit, form.known)} />}
      <form method="post" action={`${path}/form/${form.page}`} noValidate>
        {form.fields.map((field) => (
          <Field visit={visit} field={field} error={form.errors.find((error) => error.field === field.field)} />
        ))}
        <div class="actions">
          <button class="button">{t("portal.form.continue")}</button>
          <a href={`${path}/withdraw`}>{t("portal.form.withdraw")}</a>
        </div>
        <p class="small">{t("portal.form.save-note")}</p>
      </form>
    </AppShell>
  );
}

function idOf(error: FieldError): string {
  return error.part ? `${error.field}-${error.part}` : error.field;
}

export function Field({ visit, field, error }: { visit: Visit; field: FormField; error: FieldError | undefined }) {
  const { t } = visit;
  const text = error && t(error.key, error.params);
  const common = {
    t,
    id: field.field,
    name: field.field,
    label: field.required ? field.title : t("portal.form.optional", { label: field.title }),
    hint: [field.hint, field.reason].filter(Boolean).join(" ") || undefined,
    error: text,
  };
  const single = typeof field.value === "string" ? field.value : (field.value[0] ?? "");
  switch (field.type) {
    case "choice":
    case "record":
    case "language":
      return <Choices {...common} options={field.options ?? []} value={field.value} many={field.many} />;
    case "yes-no":
      return (
        <Choices
          {...common}
          inline
          options={[
            { value: "yes", label: t("portal.form.yes") },
            { value: "no", label: t("portal.form.no") },
          ]}
          value={field.value}
        />
      );
    case "date":
      return (
        <DateInput
          {...common}
          value={single}
          parts={typedDate(single)}
          words={{ day: t("portal.form.day"), month: t("portal.form.month"), year: t("portal.form.year") }}
        />
      );
    case "long-text":
      return <Textarea {...common} value={single} maxLength={field.maxLength} />;
    case "number":
      return <Input {...common} value={single} width="short" inputmode="decimal" />;
    case "lookup":
      return <Lookup visit={visit} field={field} common={common} error={error} />;
    default:
      return <Input {...common} value={single} maxLength={field.maxLength} />;
  }
}

/** What was typed into day, month and year when it is not a whole day, e.g. `2026-2-31`. */
function typedDate(value: string): { day: string; month: string; year: string } | undefined {
  if (value === "" || /^\d{4}-\d{2}-\d{2}$/.test(value)) return undefined;
  const [year = "", month = "", day = ""] = value.split("-");
  return { day, month, year };
}

interface LookupProps {
  visit: Visit;
  field: FormField;
  common: Parameters<typeof Input>[0];
  error: FieldError | undefined;
}

/** A search in a register: type, find, pick one of the found. */
function Lookup({ visit, field, common, error }: LookupProps) {
  const { t } = visit;
  return (
    <>
      <Fieldset field={error?.part ? { ...common, error: undefined } : common}>
        {(field.parts ?? []).map((part) => (
          <Input
            t={t}
            id={`${field.field}-${part.part}`}
            name={part.name}
            label={part.title}
            hint={part.hint}
            value={part.value}
            width="middle"
            error={error?.part === part.part ? t(error.key, error.params) : undefined}
          />
        ))}
      </Fieldset>
      {field.options && field.options.length > 0 && (
        <Choices
          t={t}
          id={`${field.field}-found`}
          name={field.field}
          label={t("portal.form.choose")}
          options={field.options}
          value={field.value}
        />
      )}
    </>
  );
}
