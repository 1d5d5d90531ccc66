import { AppShell, ErrorSummary, type Visit } from "@kerege/kernel/page";
import { Problem } from "@kerege/kernel/problem";
import type { ComponentChildren } from "preact";
import type { Desk } from "../routes-desk-visit.ts";

/** Addresses of the style and the script of these pages; told once they are read. */
let files = { style: "", script: "" };
export function setFiles(addresses: typeof files): void {
  files = addresses;
}

/** The style of the pages of registers, beside that of every page (HTML allows it in the body). */
export function Style() {
  return <link rel="stylesheet" href={files.style} />;
}

const places = [
  { name: "registers", path: "/desk/registers", key: "1" },
  { name: "contests", path: "/desk/contests", key: "2" },
  { name: "notices", path: "/desk/notices", key: "3" },
  { name: "alarms", path: "/desk/alarms", key: "4", right: "acknowledge" },
  { name: "imports", path: "/desk/imports", key: "5", right: "record" },
  { name: "help", path: "/desk/help", key: "0" },
] as const;

/** Places this post has something to do at. */
const placesOf = (desk: Desk) => places.filter((place) => !("right" in place) || desk.may(place.right));

/** Every page of a desk: who sits here, the places, the keys. */
export function DeskPage(given: {
  desk: Desk;
  title: string;
  here?: (typeof places)[number]["name"];
  refresh?: number;
  children: ComponentChildren;
}) {
  const { desk, title, here, refresh, children } = given;
  const { visit } = desk;
  const { t, language } = visit;
  return (
    <AppShell visit={visit} title={title} noSearch {...(refresh && { refresh })}>
      <Style />
      <div class="desk">
        <div class="desk-bar">
          <p>
            <b>{desk.body}</b>
          </p>
          <nav aria-label={t("registry.desk.places")}>
            <ul>
              {placesOf(desk).map(({ name, path, key }) => (
                <li>
                  <a href={`/${language}${path}`} data-key={key} aria-current={name === here ? "page" : undefined}>
                    {t(`registry.desk.${name}.title`)}
                    {name === "alarms" && desk.alarms > 0 && <AlarmCount desk={desk} />}
                  </a>
                </li>
              ))}
              {desk.more.map(({ href, text }) => (
                <li>
                  <a href={href}>{text}</a>
                </li>
              ))}
            </ul>
          </nav>
        </div>
        {children}
        <Keys desk={desk} />
        <script src={files.script} defer />
      </div>
    </AppShell>
  );
}

/** How many wait, for eyes as a number and for ears in words. */
function AlarmCount({ desk: { alarms, visit } }: { desk: Desk }) {
  return (
    <>
      {" "}
      <b class="count" aria-hidden="true">
        {alarms}
      </b>
      <span class="unseen">{visit.t("registry.desk.alarms.waiting", { count: alarms })}</span>
    </>
  );
}

const keys = ["s", "h", "e", "n"] as const;

/** Keys of the page, shown on demand. Each is pressed together with Alt, so that no letter that is typed does anything (WCAG 2.1.4). */
function Keys({ desk }: { desk: Desk }) {
  const { t } = desk.visit;
  return (
    <details class="keys">
      <summary>{t("registry.desk.keys.title")}</summary>
      <p class="small">{t("registry.desk.keys.how")}</p>
      <KeyList desk={desk} />
    </details>
  );
}

/** Keys with what each does. */
export function KeyList({ desk }: { desk: Desk }) {
  const { t } = desk.visit;
  return (
    <dl>
      {[...placesOf(desk).map(({ key }) => key), ...keys].map((key) => (
        <div>
          <dt>
            <kbd>{key.toUpperCase()}</kbd>
          </dt>
          <dd>{t(`registry.desk.keys.${/\d/.test(key) ? `place-${key}` : key}`)}</dd>
        </div>
      ))}
    </dl>
  );
}

/** What was refused, in words: the Problem itself and each field it names, with the words that stand at its input. */
export function Refusal(given: {
  visit: Visit;
  refused: Problem;
  idOf?: (pointer: string) => string | undefined;
  labelOf?: (pointer: string) => string | undefined;
}) {
  const { visit, refused, idOf, labelOf } = given;
  const { title, detail } = problemText(visit, refused);
  const named = refused.fields.map((field) => {
    const [label, said] = [labelOf?.(field.pointer), visit.t(field.key, field.params)];
    return { href: `#${idOf?.(field.pointer) ?? "main"}`, text: label ? `${label}: ${said}` : said };
  });
  return <ErrorSummary title={title} errors={named.length > 0 ? named : [{ href: "#main", text: detail }]} />;
}

export function problemText({ t }: Visit, refused: Problem): { title: string; detail: string } {
  const [block, ...rest] = refused.code.split(".");
  const text = (part: string) => t(`${block}.problems.${rest.join(".")}.${part}`, refused.params);
  return { title: text("title"), detail: text("detail") };
}

/** A refusal that a page can show beside what was asked; what is a fault of the house goes on. */
export function asRefusal(error: unknown): Problem {
  if (error instanceof Problem && error.status < 500 && error.status !== 401) return error;
  throw error;
}
