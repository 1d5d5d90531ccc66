import { AppShell, ErrorSummary, type Visit } from "@kerege/kernel/page";
import { Problem } from "@kerege/kernel/problem";
import type { ComponentChildren } from "preact";
import type { Right, Seat } from "./seat.ts";

/** Addresses of the style of diagrams and of these pages, and of their script; told once they are read. */
let style = "";
let script = "";
export function setFiles(addresses: { style: string; script: string }): void {
  style = addresses.style;
  script = addresses.script;
}

/** The style of diagrams, for pages of other blocks that show one (HTML allows it in the body). */
export function DrawingStyle() {
  return <link rel="stylesheet" href={style} />;
}

export const PLACES = [
  "overview",
  "incidents",
  "proposals",
  "cases",
  "timers",
  "load",
  "editions",
  "upgrades",
  "figures",
  "simulations",
] as const;
export type Place = (typeof PLACES)[number];

const NEEDS: Partial<Record<Place, Right>> = {
  proposals: "operate",
  upgrades: "operate",
  figures: "oversee",
  simulations: "oversee",
};

/** Places of this desk that have pages; a place joins the bar when its pages are added. */
const opened = new Set<Place>();
export function openPlace(place: Place): void {
  opened.add(place);
}

export const pathOf = (visit: Visit, place: Place): string =>
  place === "overview" ? `/${visit.language}/process` : `/${visit.language}/process/${place}`;
export const casePath = (visit: Visit, instance: string): string => `${pathOf(visit, "cases")}/${instance}`;
export const editionPath = (visit: Visit, model: string): string => `${pathOf(visit, "editions")}/${model}`;

/** Every page of processes: the body, the places, the page itself. */
export function ProcessPage(given: { seat: Seat; title: string; here?: Place; refresh?: number; children: ComponentChildren }) {
  const { seat, title, here, refresh, children } = given;
  const { visit } = seat;
  const { t, language } = visit;
  const places = PLACES.filter((place) => {
    const need = NEEDS[place];
    return opened.has(place) && (need === undefined || seat.may(need));
  });
  return (
    <AppShell visit={visit} title={title} noSearch {...(refresh && { refresh })}>
      <DrawingStyle />
      <div class="process">
        <div class="process-bar">
          <p>
            <b>{seat.body}</b>
          </p>
          <nav aria-label={t("process.pages.places")}>
            <ul>
              {places.map((place, index) => (
                <li>
                  <a href={pathOf(visit, place)} data-key={keyOf(index)} aria-current={place === here ? "page" : undefined}>
                    {t(`process.pages.${place}.title`)}
                  </a>
                </li>
              ))}
              <li>
                <a href={`/${language}/desk/registers`}>{t("process.pages.desk")}</a>
              </li>
            </ul>
          </nav>
        </div>
        {children}
        <details class="process-keys">
          <summary>{t("process.pages.keys.title")}</summary>
          <p class="small">{t("process.pages.keys.how")}</p>
          <dl>
            {places.map((place, index) => (
              <div>
                <dt>
                  <kbd>{keyOf(index)}</kbd>
                </dt>
                <dd>{t(`process.pages.${place}.title`)}</dd>
              </div>
            ))}
            <div>
              <dt>
                <kbd>N</kbd>
              </dt>
              <dd>{t("process.pages.keys.next")}</dd>
            </div>
          </dl>
        </details>
        <script src={script} defer />
      </div>
    </AppShell>
  );
}

/** Places by their order in the bar: 1 to 9, then 0. */
const keyOf = (index: number) => String((index + 1) % 10);

/** A refusal that a page can show beside what was asked; what is a fault of the house goes on. */
export function asRefusal(error: unknown): Problem {
  if (error instanceof Problem && error.status < 500 && error.status !== 401) return error;
  throw error;
}

export function problemText({ t }: Visit, refused: Problem): { title: string; detail: string } {
  const [block, ...rest] = refused.code.split(".");
  const text = (part: string) => t(`${block}.problems.${rest.join(".")}.${part}`, refused.params);
  return { title: text("title"), detail: text("detail") };
}

/** Faults by the id of the field they belong to. */
export type Faults = Record<string, string>;

/** What is wrong with what was typed, and what the house refused, on top of the page. */
export function Faulty({ visit, faults, refused }: { visit: Visit; faults: Faults; refused?: Problem }) {
  const lines = Object.entries(faults).map(([id, text]) => ({ href: `#${id}`, text }));
  if (refused) {
    const { title, detail } = problemText(visit, refused);
    return <ErrorSummary title={title} errors={[...lines, { href: "#main", text: detail }]} />;
  }
  return <ErrorSummary title={visit.t("process.pages.faulty")} errors={lines} />;
}

/** One of many in a list that opens. */
export function Select(given: {
  id: string;
  name: string;
  label: string;
  value: string;
  options: { value: string; label: string }[];
  error?: string;
  hint?: string;
  t: Visit["t"];
}) {
  const { id, name, label, value, options, error, hint, t } = given;
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ") || undefined;
  return (
    <div class={error ? "group wrong" : "group"}>
      <label class="label" for={id}>
        {label}
      </label>
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
      <select class="input middle" id={id} name={name} aria-describedby={described} aria-invalid={error ? "true" : undefined}>
        {options.map((option) => (
          <option value={option.value} selected={option.value === value}>
            {option.label}
          </option>
        ))}
      </select>
    </div>
  );
}

/** The way to the next part of a list. */
export function NextPage({ t, href }: { t: Visit["t"]; href: string | undefined }) {
  if (href === undefined) return null;
  return (
    <p>
      <a class="button quiet" href={href} rel="next" data-key="n">
        {t("process.pages.next")}
      </a>
    </p>
  );
}
