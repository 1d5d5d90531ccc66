import { formatNumber } from "@kerege/kernel/format";
import { BackLink, Facts, FileUpload, Input, StatusTag, type Visit } from "@kerege/kernel/page";
import type { Problem } from "@kerege/kernel/problem";
import type { ImportLine, ImportPreview, ImportState } from "../door-writing.ts";
import type { Expanded } from "../expand.ts";
import type { Desk } from "../routes-desk-visit.ts";
import type { Book } from "./book.ts";
import { Select } from "./fields.tsx";
import { DeskPage, Refusal } from "./frame.tsx";
import { recordPath } from "./record.tsx";
import type { Typed } from "./typed.ts";
import { fieldTitle, sizeText } from "./values.tsx";

/** Which file, which event its lines are, on which document they rest. */
export function ImportFormPage(given: { book: Book; desk: Desk; register: Expanded; typed: Typed; refused?: Problem }) {
  const { book, desk, register, typed, refused } = given;
  const { t, language } = desk.visit;
  const { register: name, title, events, search } = register.declared;
  const ids: Record<string, string> = { "/file": "file", "/document": "document", "/validFrom": "valid-from" };
  const errorAt = (id: string) => {
    const fault = refused?.fields.find((field) => ids[field.pointer] === id);
    return fault ? { error: t(fault.key, fault.params) } : {};
  };
  const searches = Object.entries(search).filter(
    ([condition]) => book.groundsFor(desk.actor, { register: name, condition }).length > 0,
  );
  const ground = searches[0] && book.groundsFor(desk.actor, { register: name, condition: searches[0][0] })[0]!.ground;
  return (
    <DeskPage desk={desk} title={t("registry.desk.import.title")} here="registers">
      <BackLink href={`/${language}/desk/registers/${name}`} text={title[language]} />
      {refused && <Refusal visit={desk.visit} refused={refused} idOf={(pointer) => ids[pointer]} />}
      <h1>{t("registry.desk.import.title")}</h1>
      <p class="lead">{t("registry.desk.import.lead")}</p>
      <form method="post" action={`/${language}/desk/registers/${name}/import`} enctype="multipart/form-data" noValidate>
        {ground && <input type="hidden" name="ground" value={ground} />}
        <Select
          base={{ t, id: "event", name: "event", label: t("registry.desk.import.event") }}
          value={typed.event ?? Object.keys(events).find((one) => events[one]!.creates) ?? ""}
          options={Object.entries(events).map(([event, declared]) => ({ value: event, label: declared.title[language] }))}
        />
        <Input
          t={t}
          id="document"
          name="document"
          label={t("registry.desk.event.document")}
          hint={t("registry.desk.import.document-hint")}
          value={typed.document ?? ""}
          maxLength={300}
          {...errorAt("document")}
        />
        <Input
          t={t}
          id="valid-from"
          name="valid_from"
          label={t("registry.desk.event.valid-from")}
          hint={t("registry.pages.hint.day")}
          value={typed.valid_from ?? ""}
          width="short"
          maxLength={10}
          {...errorAt("valid-from")}
        />
        {searches.length > 0 && (
          <Select
            base={{
              t,
              id: "alike",
              name: "alike",
              label: t("registry.desk.import.alike"),
              hint: t("registry.desk.import.alike-hint"),
            }}
            value={typed.alike ?? ""}
            options={searches.map(([condition, declared]) => ({ value: condition, label: declared.title[language] }))}
          />
        )}
        <FileUpload
          t={t}
          id="file"
          name="file"
          label={t("registry.desk.import.file")}
          hint={t("registry.desk.import.file-hint", { fields: Object.keys(register.flat.fields).slice(0, 8).join(", ") })}
          accept=".csv,.tsv,.txt,.jsonl,.ndjson,.xlsx"
          {...errorAt("file")}
        />
        <button class="button">{t("registry.desk.import.look")}</button>
      </form>
    </DeskPage>
  );
}

/** A file that is being brought in: what would become of it, how far it is, what was not written and why. */
export function ImportPage(given: {
  book: Book;
  desk: Desk;
  register: Expanded;
  state: ImportState;
  preview: ImportPreview | undefined;
  lines: ImportLine[];
  most: number;
}) {
  const { desk, register, state, preview, lines, most } = given;
  const { t, language } = desk.visit;
  const path = `/${language}/desk/imports/${state.id}`;
  const number = (count: number) => formatNumber(language, count);
  const shown = lines.slice(0, most);
  const title = t("registry.desk.import.of", { file: state.fileName });
  const percent = percentOf(state);
  return (
    <DeskPage desk={desk} title={title} here="imports" {...(state.state === "running" && { refresh: 3 })}>
      <BackLink href={`/${language}/desk/imports`} text={t("registry.desk.imports.title")} />
      <h1>
        {title} <ImportTag visit={desk.visit} state={state} />
      </h1>
      {!preview && (
        <p>
          <label for="progress">{t("registry.desk.import.progress", { percent })}</label>
          <br />
          <progress class="meter" id="progress" max={100} value={percent} />
        </p>
      )}
      <Facts
        rows={[
          { name: t("registry.desk.import.event"), value: register.declared.events[state.event]?.title[language] ?? state.event },
          { name: t("registry.desk.import.size"), value: sizeText(desk.visit, state.bytes) },
          { name: t("registry.desk.import.lines"), value: number(preview?.lines ?? state.lines) },
          {
            name: t(preview ? "registry.desk.import.would" : "registry.desk.import.good"),
            value: number(preview?.good ?? state.good),
          },
          { name: t("registry.desk.import.bad"), value: number(preview?.bad ?? state.bad) },
          { name: t("registry.desk.import.doubtful"), value: number(preview?.looksLike ?? state.looksLike) },
          ...(state.fault
            ? [{ name: t("registry.desk.import.stopped-by"), value: t(`${state.fault.replace(".", ".problems.")}.title`) }]
            : []),
        ]}
      />
      {preview && <p class="small">{t("registry.desk.import.first-lines", { count: preview.lines })}</p>}
      {(state.state === "waiting" || state.state === "stopped") && (
        <form method="post" action={`${path}/run`}>
          <div class="actions">
            <button class="button">{t(`registry.desk.import.${state.state === "waiting" ? "run" : "resume"}`)}</button>
          </div>
        </form>
      )}
      {state.state === "running" && <p>{t("registry.desk.import.leave")}</p>}
      {shown.length > 0 && (
        <section>
          <h2>{t("registry.desk.import.report")}</h2>
          {!preview && (
            <p>
              <a href={`${path}/report.csv`}>{t("registry.desk.imports.report")}</a>
            </p>
          )}
          <ul class="plain-list">
            {shown.map((line) => (
              <Line desk={desk} register={register} path={path} line={line} decided={preview === undefined} />
            ))}
          </ul>
        </section>
      )}
      {!preview && lines.length > most && (
        <a class="button quiet" href={`${path}?after=${shown.at(-1)!.line}`} rel="next" data-key="n">
          {t("registry.desk.search.next")}
        </a>
      )}
    </DeskPage>
  );
}

/** How much of the file was looked at, of a hundred. */
export function percentOf(state: ImportState): number {
  return state.bytes === 0 ? 100 : Math.floor((100 * state.bytesDone) / state.bytes);
}

export function ImportTag({ visit, state }: { visit: Visit; state: ImportState }) {
  const tones = { waiting: "work", running: "work", done: "good", stopped: "bad" } as const;
  return <StatusTag tone={tones[state.state]} text={visit.t(`registry.desk.import.state.${state.state}`)} />;
}

/** What is wrong with a line, and with which of its fields. */
export function lineTexts(given: { visit: Visit; register: Expanded; line: ImportLine }): { what: string; faults: string[] } {
  const { visit, register, line } = given;
  const { t } = visit;
  const [block, ...rest] = line.code.split(".");
  const key = `${block}.problems.${rest.join(".")}.title`;
  const said = t(key, line.params);
  const labelOf = (pointer: string): string => {
    if (pointer === "/validFrom") return t("registry.desk.event.valid-from");
    if (pointer.startsWith("/document")) return t("registry.desk.event.document");
    const name = pointer === "/key" ? register.declared.key : (pointer.split("/").at(-1) ?? "");
    return fieldTitle(register, register.flat.fields[name]?.part?.of ?? name, visit);
  };
  return {
    what: said === key ? t(line.code, line.params) : said,
    faults: line.faults.map((fault) => `${labelOf(fault.pointer)}: ${t(fault.key, fault.params)}`),
  };
}

function Line(given: { desk: Desk; register: Expanded; path: string; line: ImportLine; decided: boolean }) {
  const { desk, register, path, line, decided } = given;
  const { visit } = desk;
  const { t } = visit;
  const { what, faults } = lineTexts({ visit, register, line });
  return (
    <li id={`line-${line.line}`}>
      <b>{t("registry.desk.import.line", { line: line.line })}</b>
      {line.key && ` · ${line.key}`}: {what}
      {faults.map((fault) => (
        <small>{fault}</small>
      ))}
      {line.looksLike.length > 0 && (
        <small>
          {t("registry.desk.import.looks-like")}{" "}
          {line.looksLike.map((like) => (
            <a href={recordPath(desk, register.declared.register, like)}>{like}</a>
          ))}
        </small>
      )}
      {line.verdict === "alike" && decided && (
        <form method="post" action={`${path}/lines/${line.line}`} class="actions">
          <button class="button quiet" name="same" value="yes">
            {t("registry.desk.import.same")}
          </button>
          <button class="button quiet" name="same" value="no">
            {t("registry.desk.import.new")}
          </button>
        </form>
      )}
      {(line.verdict === "same" || line.verdict === "new") && <small>{t(`registry.desk.import.was-${line.verdict}`)}</small>}
    </li>
  );
}
