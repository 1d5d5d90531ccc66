import { EmptyState, StackTable, type Visit } from "@kerege/kernel/page";
import { Refusal } from "./frame.tsx";
import { ConditionInput, GroundChoice, type SearchView, searchFields } from "./search.tsx";
import { fieldTitle, valueText } from "./values.tsx";

/** Names of the inputs of a search within a form begin with this. */
export const FIND = "f.";
/** In place of the name of a field: the key of a new record. */
export const KEY_FIELD = "@key";

/** A search for the record of another register within a form. */
export interface LookupView {
  /** Field of the form that the record is for. */
  field: string;
  /** Searches one may look by. */
  names: string[];
  view: SearchView;
}

const PANEL = "find";

/** What the record is called that a field names, and the button to look for another. Each button sends the whole form. */
export function LinkPart(given: {
  visit: Visit;
  field: string;
  title: string;
  keyNow: string;
  name: string | undefined;
  action: string;
  findable: boolean;
}) {
  const { visit, field, title, keyNow, name, action, findable } = given;
  if (!name && !findable) return null;
  return (
    <p class="link-part">
      {name && (
        <>
          <b>{name}</b> <input type="hidden" name={`n.${field}`} value={`${keyNow} ${name}`} />
        </>
      )}
      {findable && (
        <button class="button quiet" name="do" value={`find:${field}`} formaction={`${action}#${PANEL}`}>
          {visit.t("registry.desk.lookup.find")}
          <span class="unseen">: {title}</span>
        </button>
      )}
    </p>
  );
}

/** The search itself: its fields, what was found with a button to choose each, a way to go on without. */
export function LookupPanel({ lookup, action, inputId }: { lookup: LookupView; action: string; inputId: string }) {
  const { field, names, view } = lookup;
  const { visit, register, name, condition, refused } = view;
  const { t, language } = visit;
  const { search, title } = register.declared;
  return (
    <fieldset class="lookup" id={PANEL}>
      <legend>{t("registry.desk.lookup.title", { register: title[language] })}</legend>
      <input type="hidden" name="find" value={field} />
      <input type="hidden" name="find_search" value={name} />
      {refused && (
        <Refusal
          visit={visit}
          refused={refused}
          idOf={(pointer) => pointer.replace("/values/", `${PANEL}-`)}
          labelOf={(pointer) => fieldTitle(register, pointer.replace(/^\/values\/|_(?:from|until)$/g, ""), visit)}
        />
      )}
      {names.length > 1 && (
        <div class="actions">
          {names.map((one) => (
            <button
              class="button quiet"
              name="do"
              value={`find:${field}:${one}`}
              formaction={`${action}#${PANEL}`}
              aria-pressed={one === name ? "true" : "false"}
            >
              {search[one]!.title[language]}
            </button>
          ))}
        </div>
      )}
      <GroundChoice view={view} input="find_ground" />
      <div class="search-form">
        {searchFields(condition).map((one) => (
          <ConditionInput view={view} one={one} prefix={FIND} />
        ))}
      </div>
      <div class="actions">
        <button class="button" name="do" value="look" formaction={`${action}#${PANEL}`}>
          {t("registry.desk.search.find")}
        </button>
        <button class="button quiet" name="do" value="close" formaction={`${action}#${inputId}`}>
          {t("registry.desk.lookup.close")}
        </button>
      </div>
      {view.found && <Choices view={view} found={view.found} action={`${action}#${inputId}`} />}
    </fieldset>
  );
}

function Choices({ view, found, action }: { view: SearchView; found: NonNullable<SearchView["found"]>; action: string }) {
  const { book, visit, register } = view;
  const { t } = visit;
  const { rows, next } = found.page;
  if (rows.length === 0) return <EmptyState text={t("registry.desk.search.nothing")} />;
  const caption = t("registry.desk.search.found", { count: rows.length });
  return (
    <>
      <h3>{caption}</h3>
      <StackTable
        caption={caption}
        columns={[...found.fields.map((field) => fieldTitle(register, field, visit)), t("registry.desk.lookup.choice")]}
        rows={rows.map((row) => [
          ...found.fields.map((field) => valueText({ book, visit, register, field, values: row.values })),
          <button class="button quiet" name="do" value={`choose:${row.key}`} formaction={action}>
            {t("registry.desk.lookup.choose")}
            <span class="unseen">: {row.key}</span>
          </button>,
        ])}
      />
      {next && <p class="small">{t("registry.desk.lookup.more")}</p>}
    </>
  );
}
