import type { Multilingual } from "@kerege/kernel/locale";
import { API, partsOf } from "./api-register.ts";
import type { RegisterDeclaration } from "./declaration.ts";
import type { Published } from "./registers.ts";
import { accessTable } from "./who.ts";

const titled = (table: Record<string, { title: Multilingual }> = {}) =>
  Object.entries(table).map(([name, { title }]) => ({ name, title }));

/** What all may know of a register: what it is, whose, by which law. */
export function headOf({ register, title, about, owner, law, sources }: RegisterDeclaration) {
  return {
    register,
    title,
    ...(about && { about }),
    owner,
    law,
    ...(sources && { sources }),
    links: { self: `${API}/${register}`, openapi: `${API}/${register}/openapi.json` },
  };
}

/** The same with its fields, events, searches, and the table of who may read what about whom. */
export function metadataOf(published: Published, name: string) {
  const { expanded, declaration } = published.register(name);
  const { declared } = expanded;
  const { key, subject, contestDays, retention, fields, events } = declared;
  return {
    ...headOf(declared),
    key,
    ...(subject !== undefined && { subject }),
    ...(contestDays !== undefined && { contestDays }),
    ...(retention && { retention }),
    fields: Object.entries(fields).map(([field, { type, title, class: kind, required, classifier, register, values }]) => ({
      name: field,
      type,
      class: kind,
      title,
      required: required === true,
      ...(classifier !== undefined && { classifier }),
      ...(register !== undefined && { register }),
      ...(values && { values }),
    })),
    states: titled(declared.states),
    events: Object.entries(events).map(([event, one]) => ({
      name: event,
      title: one.title,
      creates: one.creates === true,
      ends: one.ends === true,
      corrects: one.corrects === true,
      sets: one.sets,
      requires: one.requires ?? [],
      by: one.by ?? [],
      documents: titled(one.documents),
    })),
    searches: Object.entries(declaration.search).map(([search, condition]) => ({
      name: search,
      title: condition.title,
      parameters: partsOf(condition).map(({ parameter }) => parameter),
      limit: condition.limit,
    })),
    access: accessTable(declared, published.grounds, published.agreements).map(({ register: _, deferred, ...row }) => ({
      ...row,
      ...(deferred && { deferred }),
    })),
  };
}
