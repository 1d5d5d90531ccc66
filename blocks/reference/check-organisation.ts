import type { PackFile, Report } from "@kerege/kernel/pack";
import { nearest } from "@kerege/kernel/schema";
import type { OfficialsDeclaration, OrganisationDeclaration } from "./declaration.ts";
import type { Reading } from "./reading.ts";
import type { Place } from "./table.ts";
import { unknownIn } from "./unknown.ts";

interface Seen {
  units: Map<string, { body: string; parent?: string }>;
  posts: Set<string>;
  officials: Set<string>;
  terms: Map<string, { from: string; until?: string }[]>;
}

/** Units and posts stand in known bodies, officials in known posts, and no two of them in one post at a time. */
export function checkOrganisation(reading: Reading, report: Report): void {
  const seen: Seen = { units: new Map(), posts: new Set(), officials: new Set(), terms: new Map() };
  for (const file of reading.organisations) checkOne(reading, file, { seen, report });
  for (const file of reading.officials) checkOfficials(file, { seen, report });
}

type Into = { seen: Seen; report: Report };

function checkOne(reading: Reading, file: PackFile<OrganisationDeclaration>, { seen, report }: Into): void {
  const bodies = reading.classifiers.get("bodies");
  const { name, units, posts } = file.value;
  const once = (known: { has(code: string): boolean }, code: string, place: Place) => {
    if (known.has(code)) report(file, place, "reference.faults.duplicate-code", { code, classifier: name });
    return !known.has(code);
  };
  const inBody = (body: string, place: Place) => {
    if (bodies && !bodies.main.byCode.has(body)) report(file, place, "reference.faults.unknown-body", unknownIn(body, bodies));
  };
  for (const [index, unit] of units.entries()) {
    if (once(seen.units, unit.code, ["units", index, "code"])) seen.units.set(unit.code, unit);
    inBody(unit.body, ["units", index, "body"]);
    if (unit.place !== undefined && !placeExists(reading, unit.place))
      report(file, ["units", index, "place"], "reference.faults.unknown-place", { code: unit.place });
  }
  for (const [index, unit] of units.entries()) {
    if (unit.parent === undefined) continue;
    const above = seen.units.get(unit.parent);
    if (above?.body !== unit.body)
      report(file, ["units", index, "parent"], "reference.faults.unknown-unit", unknownUnit(unit.parent, unit.body, seen));
    else if (unitCircle(seen, unit.code))
      report(file, ["units", index, "parent"], "reference.faults.circle", { code: unit.code });
  }
  for (const [index, post] of posts.entries()) {
    if (once(seen.posts, post.code, ["posts", index, "code"])) seen.posts.add(post.code);
    inBody(post.body, ["posts", index, "body"]);
    if (post.unit !== undefined && seen.units.get(post.unit)?.body !== post.body)
      report(file, ["posts", index, "unit"], "reference.faults.unknown-unit", unknownUnit(post.unit, post.body, seen));
  }
  checkApart(file, report);
}

/** A post that holds two duties that are kept apart would let one pair of hands prepare and approve. */
function checkApart(file: PackFile<OrganisationDeclaration>, report: Report): void {
  const { posts, apart = [] } = file.value;
  const known = new Set(posts.flatMap(({ rights }) => rights));
  for (const [index, { rights, by }] of apart.entries()) {
    for (const [at, right] of rights.entries()) {
      if (!known.has(right))
        report(file, ["apart", index, "rights", at], "reference.faults.unknown-right", {
          right,
          near: nearest(right, known) || "none",
        });
    }
    if (by === "person") continue;
    for (const [number, post] of posts.entries()) {
      if (rights.every((right) => post.rights.includes(right)))
        report(file, ["posts", number, "rights"], "reference.faults.duties-together", {
          post: post.code,
          one: rights[0],
          other: rights[1],
        });
    }
  }
}

function placeExists({ classifiers }: Reading, code: string): boolean {
  return ["units", "places"].some((name) => classifiers.get(name)?.main.byCode.has(code));
}

function unknownUnit(code: string, body: string, { units }: Seen): Record<string, string> {
  const near = [...units].filter(([, unit]) => unit.body === body).map(([own]) => own);
  return { code, body, near: nearest(code, near) || "none" };
}

function unitCircle({ units }: Seen, code: string): boolean {
  let above = units.get(code)?.parent;
  for (let steps = 0; above !== undefined && steps <= units.size; steps++) {
    if (above === code) return true;
    above = units.get(above)?.parent;
  }
  return false;
}

function checkOfficials(file: PackFile<OfficialsDeclaration>, { seen, report }: Into): void {
  for (const [index, { id, terms }] of file.value.officials.entries()) {
    if (seen.officials.has(id))
      report(file, ["officials", index, "id"], "reference.faults.duplicate-code", { code: id, classifier: file.value.name });
    seen.officials.add(id);
    for (const [number, { post, from, until }] of terms.entries()) {
      const place: Place = ["officials", index, "terms", number];
      if (!seen.posts.has(post))
        report(file, [...place, "post"], "reference.faults.unknown-post", {
          code: post,
          near: nearest(post, seen.posts) || "none",
        });
      if (until !== undefined && until <= from) report(file, [...place, "until"], "reference.faults.wrong-term", { from, until });
      const others = seen.terms.get(post) ?? [];
      if (others.some((other) => from < (other.until ?? "9999") && other.from < (until ?? "9999")))
        report(file, [...place, "post"], "reference.faults.post-taken", { post, from });
      seen.terms.set(post, [...others, { from, until }]);
    }
  }
}
