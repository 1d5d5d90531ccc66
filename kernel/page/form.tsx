import type { ComponentChildren } from "preact";
import type { Translate } from "../locale.ts";
import type { DayParts } from "./day.ts";

/** An error of one field: where the summary's link leads, and what it says. */
export interface ErrorLine {
  href: string;
  text: string;
}

/** All errors of a page on top of it; gets the focus. */
export function ErrorSummary({ title, errors }: { title: string; errors: ErrorLine[] }) {
  if (errors.length === 0) return null;
  return (
    <div class="error-summary" role="alert" tabindex={-1} data-focus>
      <h2>{title}</h2>
      <ul>
        {errors.map((error) => (
          <li>
            <a href={error.href}>{error.text}</a>
          </li>
        ))}
      </ul>
    </div>
  );
}

export interface FieldProps {
  t: Translate;
  id: string;
  name: string;
  label: string;
  hint?: string;
  error?: string;
  /** The label is the heading of the page. */
  heading?: boolean;
}

function describedBy(field: Pick<FieldProps, "id" | "hint" | "error">): string | undefined {
  return [field.hint && `${field.id}-hint`, field.error && `${field.id}-error`].filter(Boolean).join(" ") || undefined;
}

function Notes({ t, id, hint, error }: Pick<FieldProps, "t" | "id" | "hint" | "error">) {
  return (
    <>
      {hint && (
        <div class="hint" id={`${id}-hint`}>
          {hint}
        </div>
      )}
      {error && (
        <p class="error" id={`${id}-error`}>
          <span class="unseen">{t("kernel.page.error")} </span>
          {error}
        </p>
      )}
    </>
  );
}

export interface InputProps extends FieldProps {
  value?: string;
  /** A password is hidden as it is typed. */
  type?: "text" | "password";
  width?: "short" | "middle" | "full";
  inputmode?: "numeric" | "text" | "decimal";
  autocomplete?: string;
  maxLength?: number;
  spellcheck?: boolean;
}

export function Input(field: InputProps) {
  const given = {
    class: `input ${field.width ?? "full"}`,
    id: field.id,
    name: field.name,
    value: field.value,
    inputmode: field.inputmode,
    autocomplete: field.autocomplete ?? "off",
    maxLength: field.maxLength,
    spellcheck: field.spellcheck,
    "aria-describedby": describedBy(field),
    "aria-invalid": field.error ? ("true" as const) : undefined,
  };
  const control = field.type === "password" ? <input type="password" {...given} /> : <input type="text" {...given} />;
  return <Labelled field={field} control={control} />;
}

export function Textarea(field: FieldProps & { value?: string; rows?: number; maxLength?: number }) {
  const control = (
    <textarea
      class="input full"
      id={field.id}
      name={field.name}
      rows={field.rows ?? 5}
      maxLength={field.maxLength}
      aria-describedby={describedBy(field)}
      aria-invalid={field.error ? "true" : undefined}
    >
      {field.value}
    </textarea>
  );
  return <Labelled field={field} control={control} />;
}

export function FileUpload(field: FieldProps & { accept: string }) {
  const control = (
    <input
      class="file"
      type="file"
      id={field.id}
      name={field.name}
      accept={field.accept}
      aria-describedby={describedBy(field)}
      aria-invalid={field.error ? "true" : undefined}
    />
  );
  return <Labelled field={field} control={control} />;
}

function Labelled({ field, control }: { field: FieldProps; control: ComponentChildren }) {
  const label = (
    <label class={field.heading ? "label large" : "label"} for={field.id}>
      {field.label}
    </label>
  );
  return (
    <div class={field.error ? "group wrong" : "group"}>
      {field.heading ? <h1 class="label-wrap">{label}</h1> : label}
      <Notes {...field} />
      {control}
    </div>
  );
}

/** A set of fields under one question. */
export function Fieldset({
  field,
  children,
  role,
}: {
  field: Omit<FieldProps, "name">;
  children: ComponentChildren;
  role?: "group";
}) {
  return (
    <div class={field.error ? "group wrong" : "group"}>
      <fieldset id={field.id} aria-describedby={describedBy(field)} role={role}>
        <legend class={field.heading ? "label large" : "label"}>{field.heading ? <h1>{field.label}</h1> : field.label}</legend>
        <Notes {...field} />
        {children}
      </fieldset>
    </div>
  );
}

export interface ChoiceOption {
  value: string;
  label: string;
  hint?: string;
}

/** One of several (radios), or any of several (checkboxes). */
export function Choices(
  field: FieldProps & { options: ChoiceOption[]; value: string | string[]; many?: boolean; inline?: boolean },
) {
  const chosen = [field.value].flat();
  return (
    <Fieldset field={field}>
      <div class={field.inline ? "choices inline" : "choices"}>
        {field.options.map((option, index) => {
          const id = index === 0 ? `${field.id}-1` : `${field.id}-${index + 1}`;
          return (
            <div class="choice">
              <input
                type={field.many ? "checkbox" : "radio"}
                id={id}
                name={field.name}
                value={option.value}
                checked={chosen.includes(option.value)}
                aria-describedby={option.hint ? `${id}-hint` : undefined}
              />
              <label for={id}>{option.label}</label>
              {option.hint && (
                <div class="hint" id={`${id}-hint`}>
                  {option.hint}
                </div>
              )}
            </div>
          );
        })}
      </div>
    </Fieldset>
  );
}

/** Day, month, year in three fields: a browser's own date field speaks the browser's language. */
export function DateInput(
  field: FieldProps & {
    value: string;
    words: { day: string; month: string; year: string };
    parts?: DayParts;
  },
) {
  const [year = "", month = "", day = ""] = /^\d{4}-\d{2}-\d{2}$/.test(field.value) ? field.value.split("-") : [];
  const given = field.parts ?? { day: day.replace(/^0/, ""), month: month.replace(/^0/, ""), year };
  return (
    <Fieldset field={field} role="group">
      <div class="date">
        {(["day", "month", "year"] as const).map((part) => (
          <div>
            <label for={`${field.id}-${part}`}>{field.words[part]}</label>
            <input
              class={part === "year" ? "input year" : "input two"}
              id={`${field.id}-${part}`}
              name={`${field.name}.${part}`}
              value={given[part]}
              inputmode="numeric"
              maxLength={part === "year" ? 4 : 2}
              autocomplete="off"
              aria-invalid={field.error ? "true" : undefined}
            />
          </div>
        ))}
      </div>
    </Fieldset>
  );
}
