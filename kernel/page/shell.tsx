import type { ComponentChildren } from "preact";
import { type Language, languages } from "../locale.ts";
import { assetUrls } from "./asset-urls.ts";
import { LatticeMark } from "./brand.tsx";
import { createFrames, fillFrame } from "./frame.ts";
import type { Visit } from "./visit.ts";

const names: Record<Language, string> = { ky: "Кыргызча", ru: "Русский", kk: "Қазақша", en: "English" };

export interface ShellProps {
  visit: Visit;
  /** Of the page; the portal's name is added. */
  title: string;
  /** Full width above the column, e.g. the hero of the home page. */
  top?: ComponentChildren;
  /** Leaves out the search in the header (the page has its own). */
  noSearch?: boolean;
  /** Seconds after which the page is asked for again, where work is under way. */
  refresh?: number;
  children: ComponentChildren;
}

const frameOf = createFrames();

/** Every page: head, header, the one column, footer with the switches. */
export function AppShell({ visit, title, top, noSearch, refresh, children }: ShellProps) {
  const { prefs, person } = visit;
  const frame = frameOf({
    from: [visit.links, visit.country, visit.t, assetUrls()],
    key: `${visit.language} ${prefs.size} ${prefs.contrast} ${prefs.images} ${prefs.theme} ${person !== undefined} ${person?.post !== undefined} ${person?.acting !== undefined} ${noSearch === true} ${refresh}`,
    draw: (mark) => (
      <Drawing
        visit={{
          ...visit,
          path: mark("path"),
          person: person && {
            name: mark("person"),
            ...(person.post !== undefined && { post: mark("seat") }),
            ...(person.acting !== undefined && { acting: mark("acting") }),
          },
        }}
        title={mark("title")}
        top={mark("top")}
        noSearch={noSearch}
        refresh={refresh}
        addressIn={(one) => mark(`address ${one}`)}
        returnIn={(one) => mark(`return ${one}`)}
      >
        {mark("children")}
      </Drawing>
    ),
  });
  return fillFrame(frame, (hole) => {
    if (hole === "children") return children;
    if (hole === "top") return top;
    if (hole === "title") return title;
    if (hole === "path") return visit.path;
    if (hole === "person") return person?.name;
    if (hole === "seat") return person?.post;
    if (hole === "acting") return person?.acting;
    const [kind, language] = hole.split(" ") as [string, Language];
    const address = inLanguage(visit.path, language);
    return kind === "return" ? encodeURIComponent(address) : address;
  });
}

interface DrawingProps extends ShellProps, Addresses {}

interface Addresses {
  /** Address of the same page in another language. */
  addressIn(language: Language): string;
  /** The same, as part of a query. */
  returnIn(language: Language): string;
}

function Drawing({ visit, title, top, noSearch, refresh, children, addressIn, returnIn }: DrawingProps) {
  const { language, t, prefs, country } = visit;
  const portal = country.portalName[language];
  const urls = assetUrls();
  return (
    <html
      lang={language}
      data-size={prefs.size}
      data-contrast={prefs.contrast}
      data-images={prefs.images}
      data-theme={prefs.theme}
    >
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{t("kernel.page.title", { title, portal })}</title>
        <link rel="stylesheet" href={urls.css} />
        <script src={urls.js} defer />
        <link rel="icon" href={urls.icon} type="image/svg+xml" />
        <link rel="manifest" href="/manifest.webmanifest" />
        <meta name="theme-color" content="#1f4e8c" />
        {refresh && <meta http-equiv="refresh" content={String(refresh)} />}
        {languages
          .filter((one) => one !== language && country.languages.includes(one))
          .map((one) => (
            <link rel="alternate" hreflang={one} href={addressIn(one)} />
          ))}
      </head>
      <body>
        <a class="skip" href="#main">
          {t("kernel.page.skip")}
        </a>
        <Header visit={visit} noSearch={noSearch} returnIn={returnIn} />
        <main id="main" tabindex={-1}>
          {top}
          <div class="wrap body">{children}</div>
        </main>
        <Footer visit={visit} />
      </body>
    </html>
  );
}

function Header({ visit, noSearch, returnIn }: Pick<DrawingProps, "visit" | "noSearch" | "returnIn">) {
  const { language, t, country, person } = visit;
  return (
    <header class="head">
      {country.demo && (
        <div class="demo">
          <div class="wrap">
            <b>{t("kernel.page.demo-tag")}</b> {t("kernel.page.demo")}
          </div>
        </div>
      )}
      <div class="wrap">
        <a class="brand" href={`/${language}`}>
          <LatticeMark />
          <span>{country.portalName[language]}</span>
        </a>
        <div class="who">
          {person ? (
            <>
              <a href={person.post === undefined ? `/${language}/cabinet` : `/${language}/desk/sign-in`}>
                {person.name}
                {person.post !== undefined && <small> {person.post}</small>}
              </a>
              <form method="post" action={`/${language}/${person.post === undefined ? "" : "desk/"}sign-out`}>
                <button class="link">{t("kernel.page.sign-out")}</button>
              </form>
            </>
          ) : (
            <a href={`/${language}/sign-in`}>{t("kernel.page.sign-in")}</a>
          )}
        </div>
        <nav class="langs" aria-label={t("kernel.page.languages")}>
          <ul>
            {country.languages.map((one) => (
              <li>
                {one === language ? (
                  <span aria-current="true">{names[one]}</span>
                ) : (
                  <a href={`/${one}/language?return=${returnIn(one)}`} hreflang={one} lang={one}>
                    {names[one]}
                  </a>
                )}
              </li>
            ))}
          </ul>
        </nav>
        {!noSearch && <SearchBox visit={visit} small />}
      </div>
      {person?.acting !== undefined && <ActingBar visit={visit} />}
    </header>
  );
}

/** For whom the person acts, on every page, with the way back to oneself. */
function ActingBar({ visit: { language, t, person } }: { visit: Visit }) {
  return (
    <section class="acting" aria-label={t("kernel.page.acting")}>
      <div class="wrap">
        <p>
          {t("kernel.page.acting")} <b>{person?.acting}</b>
        </p>
        <form method="post" action={`/${language}/cabinet/acting/end`}>
          <button class="link">{t("kernel.page.acting-end")}</button>
        </form>
      </div>
    </section>
  );
}

/** The search of services; works by GET, so that an answer has an address. */
export function SearchBox({ visit, value, small, example }: { visit: Visit; value?: string; small?: boolean; example?: string }) {
  const { language, t } = visit;
  const id = small ? "q-head" : "q";
  return (
    <form class={small ? "search small" : "search"} role="search" action={`/${language}/search`}>
      <label class={example ? "search-label" : "unseen"} for={id}>
        {example ? <span class="unseen">{t("kernel.page.search-label")}. </span> : t("kernel.page.search-label")}
        {example}
      </label>
      <div class="search-row">
        <input id={id} name="q" type="search" value={value} maxLength={200} autocomplete="off" spellcheck={false} />
        <button>{t("kernel.page.search")}</button>
      </div>
    </form>
  );
}

function Footer({ visit }: { visit: Visit }) {
  return (
    <footer class="foot">
      <div class="wrap">
        <ul class="foot-links">
          {visit.links.map((link) => (
            <li>
              <a href={link.href}>{link.text}</a>
            </li>
          ))}
        </ul>
        <PreferencesForm visit={visit} />
      </div>
    </footer>
  );
}

const switches = {
  size: ["normal", "large", "largest"],
  contrast: ["normal", "high"],
  images: ["on", "off"],
  theme: ["auto", "light", "dark"],
} as const;

/** Larger text, contrast, images, dark page: kept in a cookie, so that they work without JavaScript. */
export function PreferencesForm({ visit }: { visit: Visit }) {
  const { language, t, prefs } = visit;
  return (
    <details class="prefs">
      <summary>{t("kernel.page.prefs.title")}</summary>
      <form method="post" action={`/${language}/preferences`}>
        <input type="hidden" name="return" value={visit.path} />
        {Object.entries(switches).map(([name, values]) => (
          <fieldset>
            <legend>{t(`kernel.page.prefs.${name}.title`)}</legend>
            {values.map((value) => (
              <label>
                <input type="radio" name={name} value={value} checked={prefs[name as keyof typeof prefs] === value} />
                {t(`kernel.page.prefs.${name}.${value}`)}
              </label>
            ))}
          </fieldset>
        ))}
        <button class="button quiet">{t("kernel.page.prefs.save")}</button>
      </form>
    </details>
  );
}

function inLanguage(path: string, language: Language): string {
  return path.replace(/^\/[a-z]{2}(?=\/|$|\?)/, `/${language}`);
}
