import type { IdentityDoor } from "@kerege/identity";
import type { Means } from "@kerege/kernel/block";
import type { Plain } from "@kerege/kernel/feel";
import { formatInstant } from "@kerege/kernel/format";
import type { Language } from "@kerege/kernel/locale";
import { kernelProblem, Problem } from "@kerege/kernel/problem";
import type { ReferenceDoor } from "@kerege/reference";
import type { CaseView, ProcessDoor } from "../door.ts";
import { type Drawing, within } from "../drawing/drawing.ts";
import { readDrawings } from "../drawing/read.ts";
import type { Model } from "../engine/model.ts";
import type { Trials } from "../simulation/trials.ts";
import { type ActOf, normText } from "./norm.ts";
import type { Seat } from "./seat.ts";

/** What the pages of processes stand on. */
export interface PagesNeeds {
  means: Pick<Means, "clock" | "country" | "texts" | "database">;
  door: ProcessDoor;
  reference: ReferenceDoor;
  identity: Pick<IdentityDoor, "findDesk">;
  trials: Trials;
}

/** What pages ask for again and again. */
export interface Book extends PagesNeeds {
  /** Diagrams of an edition, the whole first; none where its files cannot be drawn. */
  drawingsOf(model: string): Promise<readonly Drawing[]>;
  /** Undefined where the model cannot be made again. */
  modelOf(hash: string): Promise<Model | undefined>;
  /** A case this seat may see. @throws {Problem} `kernel.not-found` */
  caseOf(seat: Seat, instance: string): Promise<CaseView>;
  bodyName(code: string, language: Language): string;
  /** Who a line of the record names, without a name or a number of a person. */
  who(by: string | undefined, language: Language): string;
  role(role: string, language: Language): string;
  processName(process: string, language: Language): string;
  /** Name of an element in the reader's language, where its publisher or the house has a word for it. */
  stepName(process: string, language: Language): (id: string, name: string) => string;
  when(language: Language, at: Date): string;
  actOf(process: string, language: Language): ActOf;
  /** What an edition or a migration rests on. */
  law(one: { process: string; law?: Plain }, language: Language): string;
}

const MOST_KEPT = 60;
const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;

export function createBook(needs: PagesNeeds): Book {
  const { door, reference, means } = needs;
  const { texts, country } = means;
  const drawn = new Map<string, Promise<readonly Drawing[]>>();
  // Steps of the processes that come with the house are named in English in their files; whoever draws another one may use the same words.
  const wordOf = (language: Language, name: string) => {
    const key = `process.steps.${slugOf(name)}`;
    return texts.has(key) ? texts.translate(language, key) : name;
  };
  const modelOf = (hash: string) =>
    door.model(hash).catch((error: unknown) => {
      if (error instanceof Problem && error.code === "process.no-such-model") return undefined;
      throw error;
    });
  const actOf = (process: string, language: Language) => (code: string) => door.actOf(process, code, language);
  const bodyName = (code: string, language: Language) => reference.body(code)?.name[language] ?? code;
  return {
    ...needs,
    bodyName,
    drawingsOf(model) {
      let known = drawn.get(model);
      if (!known) {
        // What was asked for longest ago goes first: a map keeps the order in which keys came.
        if (drawn.size >= MOST_KEPT) drawn.delete(drawn.keys().next().value as string);
        known = Promise.all([door.files(model), modelOf(model)]).then(([files, read]) => drawingsIn(files, read));
        // A failure is not kept.
        known.catch(() => drawn.delete(model));
        drawn.set(model, known);
      }
      return known;
    },
    modelOf,
    async caseOf(seat, instance) {
      const found = UUID.test(instance) ? await door.find(instance) : undefined;
      // Of another body's case the head of a desk does not hear that it is there.
      if (!found || (seat.only !== undefined && found.body !== seat.only)) throw kernelProblem("not-found");
      return found;
    },
    who(by, language) {
      const say = (key: string, values?: Record<string, string>) => texts.translate(language, `process.who.${key}`, values);
      const [kind, rest = ""] = (by ?? "system").split(/:(.*)/s);
      if (kind === "person") return say("person");
      const [body = "", post = ""] = rest.split("/");
      if (kind === "official")
        return say("official", { post: reference.post(post)?.name[language] ?? post, body: bodyName(body, language) });
      return body === "" ? say("system") : say("system-of", { body: bodyName(body, language) });
    },
    role: (role, language) =>
      reference.post(role)?.name[language] ??
      (texts.has(`process.roles.${role}`) ? texts.translate(language, `process.roles.${role}`) : role),
    processName: (process, language) => wordOf(language, door.nameOf(process, language)),
    stepName: (process, language) => (_, name) => door.wordOf(process, name, language) ?? wordOf(language, name),
    actOf,
    law: ({ process, law }, language) => normText(law, { actOf: actOf(process, language), language }),
    when: (language, at) => formatInstant(language, at, country.timeZone),
  };
}

/** `apply-the-rules` of "Apply the rules". */
export const slugOf = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");

/** The diagram of the process itself first, then those of processes it calls: their steps are known by the call and their own id. */
async function drawingsIn(files: Readonly<Record<string, string>>, model: Model | undefined): Promise<readonly Drawing[]> {
  // Decisions stand among the files as well.
  const texts = Object.values(files).filter((text) => /BPMN\/20100524\/MODEL/.test(text));
  const drawings = (await Promise.all(texts.map(readDrawings))).flat();
  if (!model) return drawings;
  const calls = new Set(["", ...[...model.nodeOf.keys()].map((id) => id.slice(0, id.lastIndexOf("/") + 1))]);
  return [...calls].flatMap((call) => {
    const inside = drawings.filter(({ shapes }) => shapes.some(({ id }) => model.nodeOf.has(call + id)));
    return call === "" ? inside : inside.map((drawing) => within(drawing, call));
  });
}
