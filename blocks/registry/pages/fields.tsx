import { Choices, Fieldset, FileUpload, Input, Textarea, type Visit } from "@kerege/kernel/page";
import { kindName, passiveKinds } from "../content-look.ts";
import type { RegisterField } from "../declaration.ts";
import { DEFAULT_BYTES } from "../field-types-parts.ts";
import type { Book } from "./book.ts";
import { type CodeChoice, INPUT, pathText, type Typed } from "./typed.ts";
import { sizeText } from "./values.tsx";

export interface FieldView {
  book: Book;
  visit: Visit;
  name: string;
  field: RegisterField;
  typed: Typed;
  error?: string | undefined;
  choices?: CodeChoice[] | undefined;
  /** Beside the title, e.g. that it must be given. */
  hint?: string | undefined;
  /** Another input name than the field's own, for the ends of a range. */
  input?: string | undefined;
  label?: string | undefined;
}

/** Lists of codes up to this length are chosen from, longer ones are typed. */
const SELECTED = 40;
const LONG_TEXT = 300;
const scripts = { russian: "ru", latin: "en" } as const;

export const idOf = (name: string) => `v-${name.replaceAll(/[^A-Za-z0-9_-]/g, "-")}`;

/** The input of one field, made from its declaration. */
export function FieldInput(view: FieldView) {
  const { visit, name, field, typed, error, choices, hint } = view;
  const { t, language } = visit;
  const input = view.input ?? `${INPUT}${name}`;
  const value = typed[input] ?? "";
  const base = {
    t,
    id: input.startsWith(INPUT) ? idOf(input.slice(INPUT.length)) : input.replace(/^f\./, "find-"),
    name: input,
    label: view.label ?? field.title[language],
    ...(error && { error }),
  };
  const withHint = (key?: string) => {
    const said = [hint, key && t(`registry.pages.hint.${key}`)].filter(Boolean).join(" ");
    return said ? { hint: said } : {};
  };
  switch (field.type) {
    case "boolean":
      return (
        <Choices
          {...base}
          {...withHint()}
          inline
          options={["yes", "no"].map((one) => ({ value: one, label: t(`registry.fields.${one}`) }))}
          value={value}
        />
      );
    case "date":
      return <Input {...base} {...withHint("day")} value={value} width="short" inputmode="numeric" maxLength={10} />;
    case "partial-date":
      return <Input {...base} {...withHint("partial-day")} value={value} width="short" inputmode="numeric" maxLength={10} />;
    case "integer":
      return <Input {...base} {...withHint()} value={value} width="short" inputmode="numeric" maxLength={20} />;
    case "decimal":
      return <Input {...base} {...withHint()} value={value} width="short" inputmode="decimal" maxLength={34} />;
    case "pin":
      return <Input {...base} {...withHint("pin")} value={value} width="middle" inputmode="numeric" maxLength={20} />;
    case "tin":
      return <Input {...base} {...withHint("tin")} value={value} width="middle" inputmode="numeric" maxLength={20} />;
    case "code":
      return <CodeInput view={view} base={{ ...base, ...withHint(choices ? undefined : "code") }} value={value} />;
    case "reference": {
      const register = view.book.has(field.register ?? "") ? view.book.register(field.register!).declared : undefined;
      const key = register?.fields[register.key]?.title[language];
      const said = key ? t("registry.pages.hint.reference", { register: register!.title[language], key }) : undefined;
      return <Input {...base} {...(said && { hint: said })} value={value} width="middle" maxLength={200} />;
    }
    case "money":
      return <MoneyInput view={view} base={{ ...base, ...withHint() }} />;
    case "multilingual":
      return (
        <Fieldset field={{ ...base, ...withHint() }}>
          {(["ky", "ru", "kk", "en"] as const).map((one) => (
            <Input
              t={t}
              id={`${base.id}-${one}`}
              name={`${input}.${one}`}
              label={t(`registry.pages.language.${one}`)}
              value={typed[`${input}.${one}`] ?? ""}
              maxLength={field.max ?? LONG_TEXT}
            />
          ))}
        </Fieldset>
      );
    case "geometry":
      return <Textarea {...base} {...withHint("geometry")} value={value} rows={3} maxLength={16_000} />;
    case "file":
      return <FileField view={view} base={{ ...base, hint: [hint, fileHint(visit, field)].filter(Boolean).join(" ") }} />;
    case "name":
      return field.scripts?.length && !view.input ? (
        <Fieldset field={{ ...base, ...withHint() }}>
          <Input
            {...base}
            id={`${base.id}-value`}
            label={t("registry.pages.script.own")}
            value={value}
            maxLength={field.max ?? 200}
          />
          {field.scripts.map((script) => (
            <Input
              t={t}
              id={`${base.id}-${script}`}
              name={`${input}.${script}`}
              label={t(`registry.pages.script.${scripts[script] === "ru" ? "russian" : "latin"}`)}
              value={typed[`${input}.${script}`] ?? ""}
              maxLength={field.max ?? 200}
            />
          ))}
        </Fieldset>
      ) : (
        <Input {...base} {...withHint()} value={value} width="middle" maxLength={field.max ?? 200} spellcheck={false} />
      );
    default:
      if (field.values)
        return (
          <Select
            base={{ ...base, ...withHint() }}
            value={value}
            options={field.values.map((one) => ({ value: one, label: field.valueTitles?.[one]?.[language] ?? one }))}
          />
        );
      return (field.max ?? 0) > LONG_TEXT ? (
        <Textarea {...base} {...withHint()} value={value} rows={3} maxLength={field.max ?? 4000} />
      ) : (
        <Input
          {...base}
          {...withHint()}
          value={value}
          width={(field.max ?? 100) <= 30 ? "middle" : "full"}
          maxLength={field.max ?? 300}
        />
      );
  }
}

type Base = Parameters<typeof Input>[0];

function CodeInput({ view, base, value }: { view: FieldView; base: Base; value: string }) {
  const { book, visit, field, choices } = view;
  const { language } = visit;
  const classifier = field.classifier ?? "";
  if (choices && choices.length > 0)
    return <Choices {...base} options={choices.map(({ code, label }) => ({ value: code, label, hint: code }))} value="" />;
  const items = book.reference.items(classifier, { on: book.today() });
  if (items.length <= SELECTED)
    return <Select base={base} value={value} options={items.map((item) => ({ value: item.code, label: item.name[language] }))} />;
  const held = value !== "" && book.reference.item(classifier, value);
  const said = held ? `${pathText(book, { classifier, code: value }, language)}.` : "";
  return (
    <Input
      {...base}
      {...(said && { hint: `${said} ${base.hint ?? ""}`.trim() })}
      value={value}
      width="middle"
      maxLength={200}
      spellcheck={false}
    />
  );
}

/** One of a few; the empty first line stands for nothing. */
export function Select({ base, value, options }: { base: Base; value: string; options: { value: string; label: string }[] }) {
  const described = [base.hint && `${base.id}-hint`, base.error && `${base.id}-error`].filter(Boolean).join(" ") || undefined;
  return (
    <div class={base.error ? "group wrong" : "group"}>
      <label class="label" for={base.id}>
        {base.label}
      </label>
      {base.hint && (
        <div class="hint" id={`${base.id}-hint`}>
          {base.hint}
        </div>
      )}
      {base.error && (
        <p class="error" id={`${base.id}-error`}>
          <span class="unseen">{base.t("kernel.page.error")} </span>
          {base.error}
        </p>
      )}
      <select
        class="input middle"
        id={base.id}
        name={base.name}
        aria-describedby={described}
        aria-invalid={base.error ? "true" : undefined}
      >
        <option value="">{"\u00a0"}</option>
        {options.map((option) => (
          <option value={option.value} selected={option.value === value}>
            {option.label}
          </option>
        ))}
      </select>
    </div>
  );
}

function MoneyInput({ view, base }: { view: FieldView; base: Base }) {
  const { book, visit, typed, name } = view;
  const { t, language } = visit;
  const at = (part: string) => typed[`${INPUT}${name}.${part}`] ?? "";
  const currencies = book.reference.items("currencies", { on: book.today() });
  const currency = at("currency") || book.means.country.currency;
  return (
    <Fieldset field={base} role="group">
      <div class="side">
        <Input
          t={t}
          id={`${base.id}-amount`}
          name={`${base.name}.amount`}
          label={t("registry.pages.amount")}
          value={at("amount")}
          width="short"
          inputmode="decimal"
          maxLength={24}
        />
        <Select
          base={{ t, id: `${base.id}-currency`, name: `${base.name}.currency`, label: t("registry.pages.currency") }}
          value={currency}
          options={currencies.map((item) => ({ value: item.code, label: `${item.code} · ${item.name[language]}` }))}
        />
      </div>
    </Fieldset>
  );
}

/** Which kinds of file the field takes, and how large. */
function fileHint(visit: Visit, { media = passiveKinds, bytes = DEFAULT_BYTES }: RegisterField): string {
  return visit.t("registry.pages.hint.file", { kinds: media.map(kindName).join(", "), size: sizeText(visit, bytes) });
}

function FileField({ view, base }: { view: FieldView; base: Base }) {
  const { visit, typed, name, field } = view;
  const at = (part: string) => typed[`${INPUT}${name}.${part}`] ?? "";
  return (
    <>
      <FileUpload {...base} accept={(field.media ?? []).join(",")} />
      {at("sha256") && (
        <p class="small">
          {at("name")} · {sizeText(visit, Number(at("size")))}
          {["sha256", "name", "type", "size"].map((part) => (
            <input type="hidden" name={`${base.name}.${part}`} value={at(part)} />
          ))}
        </p>
      )}
    </>
  );
}
