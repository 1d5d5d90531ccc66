import { BackLink, EmptyState, Input } from "@kerege/kernel/page";
import type { RegisterEvent } from "../declaration.ts";
import type { Expanded } from "../expand.ts";
import type { Desk } from "../routes-desk-visit.ts";
import { DeskPage } from "./frame.tsx";
import { SearchPart, type SearchView } from "./search.tsx";
import { fieldTitle } from "./values.tsx";

/** One register at a desk: its searches on the left, what was found on the right. */
export function DeskRegisterPage(given: {
  desk: Desk;
  register: Expanded;
  names: string[];
  view: SearchView | undefined;
  creating: [string, RegisterEvent][];
  own: boolean;
  action: string;
}) {
  const { desk, register, names, view, creating, own, action } = given;
  const { visit } = desk;
  const { t, language } = visit;
  const { title, about, search, key } = register.declared;
  return (
    <DeskPage desk={desk} title={title[language]} here="registers">
      <BackLink href={`/${language}/desk/registers`} text={t("registry.desk.registers.title")} />
      <h1>{title[language]}</h1>
      {about && <p class="small">{about[language]}</p>}
      <div class="panes">
        <div class="pane">
          {names.length > 0 && (
            <>
              <h2>{t("registry.desk.search.title")}</h2>
              <ul>
                {names.map((name) => (
                  <li>
                    <a href={`${action}?search=${name}`} aria-current={view?.name === name ? "true" : undefined}>
                      {search[name]!.title[language]}
                    </a>
                  </li>
                ))}
              </ul>
            </>
          )}
          <h2>{t("registry.desk.record.open-title")}</h2>
          <form action={`${action}/open`} method="post">
            <Input t={t} id="open-key" name="key" label={fieldTitle(register, key, visit)} maxLength={200} width="middle" />
            <button class="button quiet">{t("registry.desk.record.open")}</button>
          </form>
          {creating.length > 0 && (
            <>
              <h2>{t("registry.desk.record.new")}</h2>
              <ul>
                {creating.map(([name, event]) => (
                  <li>
                    <a href={`${action}/new/${name}`}>{event.title[language]}</a>
                  </li>
                ))}
              </ul>
            </>
          )}
          {own && (
            <>
              <h2>{t("registry.desk.more")}</h2>
              <ul>
                <li>
                  <a href={`${action}/compare`}>{t("registry.desk.compare.title")}</a>
                </li>
                <li>
                  <a href={`${action}/merges`}>{t("registry.desk.merge.title")}</a>
                </li>
                {desk.may("record") && (
                  <li>
                    <a href={`${action}/import`}>{t("registry.desk.import.title")}</a>
                  </li>
                )}
                <li>
                  <a href={`/${language}/registers/${register.declared.register}/access`}>{t("registry.pages.access")}</a>
                </li>
              </ul>
            </>
          )}
        </div>
        {view ? <SearchPart {...view} /> : <EmptyState text={t("registry.desk.search.none")} />}
      </div>
    </DeskPage>
  );
}
