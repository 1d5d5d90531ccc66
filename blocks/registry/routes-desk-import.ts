import { Readable } from "node:stream";
import type { App, Request } from "@kerege/kernel/http";
import { kernelProblem } from "@kerege/kernel/problem";
import type { ImportRequest, ImportState } from "./door-writing.ts";
import type { Book } from "./pages/book.ts";
import { asRefusal } from "./pages/frame.tsx";
import { ImportFormPage, ImportPage } from "./pages/import.tsx";
import { reportCsv } from "./pages/import-report.ts";
import { ImportsPage } from "./pages/imports.tsx";
import { readDay, type Typed, typedOf } from "./pages/typed.ts";
import { problem } from "./problems.ts";
import type { AddDeskPage } from "./routes-desk-record.ts";
import { type Desk, deskOf, needRight } from "./routes-desk-visit.ts";
import { param, sendOwn } from "./routes-pages-answer.ts";

/** A file of many records; it goes through to the disk as it comes. */
const FILE_BYTES = 512 * 1024 * 1024;
const [PREVIEWED, REPORTED, LISTED] = [100, 50, 20];
/** Lines of a report taken from the database at a time. */
const AT_ONCE = 1000;
const FORMATS: Record<string, ImportRequest["format"]> = {
  csv: "csv",
  tsv: "csv",
  txt: "csv",
  jsonl: "jsonl",
  ndjson: "jsonl",
  xlsx: "xlsx",
};

/** Bringing a file in: the file, a look at what would become of it, the work with its report by line. */
export function addImportPages(app: App, book: Book, page: AddDeskPage): void {
  const registerOf = (desk: Desk, request: Request) => {
    needRight(desk, "record");
    const register = book.register(param(request, "register"));
    if (register.declared.owner !== desk.actor.body)
      throw problem("not-owner", { params: { register: register.declared.register } });
    return register;
  };

  page("/registers/:register/import", async (desk, request) =>
    ImportFormPage({ book, desk, register: registerOf(desk, request), typed: {} }),
  );

  app.post("/:language/desk/registers/:register/import", { bodyLimit: FILE_BYTES }, async (request, reply) => {
    const desk = await deskOf(app, book, request);
    const register = registerOf(desk, request);
    if (!request.isMultipart()) throw kernelProblem("unsupported-media-type");
    const typed: Typed = {};
    let staged: string | undefined;
    const refuse = (error: unknown) => {
      const refused = asRefusal(error);
      return sendOwn(request, reply.code(refused.status), ImportFormPage({ book, desk, register, typed, refused }));
    };
    // The fields of the form come before its file, so that all is known when the first byte arrives.
    for await (const part of request.parts({ limits: { fileSize: FILE_BYTES } })) {
      if (part.type !== "file") {
        if (typeof part.value === "string") typed[part.fieldname] = part.value.trim();
        continue;
      }
      const format = FORMATS[/\.([a-z]+)$/i.exec(part.filename)?.[1]?.toLowerCase() ?? ""];
      if (!format) {
        part.file.resume();
        return refuse(wrong("/file", "registry.pages.import-format"));
      }
      try {
        const { id } = await book.door.stageImport(desk.actor, {
          register: register.declared.register,
          event: typed.event ?? "",
          format,
          fileName: part.filename,
          source: part.file,
          document: typed.document ?? "",
          ...(typed.valid_from && { validFrom: readDay(typed.valid_from) }),
          ...(typed.alike && { alike: typed.alike, ground: typed.ground ?? "" }),
        });
        staged = id;
      } catch (error) {
        part.file.resume();
        return refuse(error);
      }
    }
    if (!staged) return refuse(wrong("/file", "registry.fields.required"));
    return reply.redirect(`/${desk.visit.language}/desk/imports/${staged}`, 303);
  });

  page("/imports", async (desk, request) => {
    needRight(desk, "record");
    const { after } = typedOf(request.query);
    return ImportsPage({ book, desk, ...(await book.door.imports(desk.actor, { limit: LISTED, ...(after && { after }) })) });
  });

  app.get("/:language/desk/imports/:id/report.csv", async (request, reply) => {
    const desk = await deskOf(app, book, request);
    needRight(desk, "record");
    const id = importId(request);
    const { register } = await book.door.readImport(desk.actor, { id });
    return reply
      .type("text/csv; charset=utf-8; header=present")
      .header("cache-control", "private, no-store")
      .header("content-disposition", `attachment; filename="import-${id.slice(0, 8)}.csv"`)
      .send(Readable.from(reportCsv({ visit: desk.visit, register: book.register(register), linesAfter })));

    function linesAfter(line: number) {
      return book.door.importLines(desk.actor, { id, after: line, limit: AT_ONCE });
    }
  });

  page("/imports/:id", async (desk, request) => {
    const id = importId(request);
    const typed = typedOf(request.query);
    const kept = await book.door.readImport(desk.actor, { id });
    // Between the order and its first line the work waits for its turn: to who gave the order it is under way.
    const state: ImportState = kept.state === "waiting" && typed.begun === "yes" ? { ...kept, state: "running" } : kept;
    const preview = state.state === "waiting" ? await book.door.previewImport(desk.actor, { id, lines: PREVIEWED }) : undefined;
    const after = /^\d{1,12}$/.test(typed.after ?? "") ? Number(typed.after) : 0;
    const lines = preview?.report ?? (await book.door.importLines(desk.actor, { id, after, limit: REPORTED + 1 }));
    return ImportPage({ book, desk, register: book.register(state.register), state, preview, lines, most: REPORTED });
  });

  app.post("/:language/desk/imports/:id/run", async (request, reply) => {
    const desk = await deskOf(app, book, request);
    needRight(desk, "record");
    const id = importId(request);
    await book.door.runImport(desk.actor, { id });
    return reply.redirect(`/${desk.visit.language}/desk/imports/${id}?begun=yes`, 303);
  });

  app.post("/:language/desk/imports/:id/lines/:line", async (request, reply) => {
    const desk = await deskOf(app, book, request);
    needRight(desk, "record");
    const id = importId(request);
    const line = Number(param(request, "line"));
    if (!Number.isSafeInteger(line)) throw kernelProblem("not-found");
    await book.door.decideLine(desk.actor, { id, line, same: typedOf(request.body).same === "yes" });
    return reply.redirect(`/${desk.visit.language}/desk/imports/${id}#line-${line}`, 303);
  });
}

function importId(request: Request): string {
  const id = param(request, "id");
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)) throw problem("unknown-import");
  return id;
}

const wrong = (pointer: string, key: string) => problem("wrong-value", { params: { register: "" }, fields: [{ pointer, key }] });
