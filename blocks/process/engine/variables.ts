import type { Plain } from "@kerege/kernel/feel";
import type { Case, LiveScope, Place, Values } from "./case.ts";
import type { Expression, Mapping, Variables } from "./model.ts";

/** All that is seen at a place: its own values before those of its scope, those before the scope around it; a call sees only its own. */
export function seen(scope: LiveScope, own: Values | undefined): Variables {
  const outer = isWall(scope) ? undefined : scope.parent;
  if (!outer) return own ? { ...scope.variables, ...own } : scope.variables;
  const all: Values = {};
  for (let at: LiveScope | undefined = scope, chain: LiveScope[] = []; at; ) {
    chain.push(at);
    at = isWall(at) ? undefined : at.parent;
    if (!at) for (const one of chain.reverse()) Object.assign(all, one.variables);
  }
  return own ? Object.assign(all, own) : all;
}

function isWall(scope: LiveScope): boolean {
  return scope.scope.kind === "call" || scope.scope.kind === "process";
}

/**
 * Gives a variable a value in the nearest scope that has it, else in the process (or the called process). An instance of a repeated
 * sub-process keeps what nobody declared outside, so that instances at the same time do not write over each other.
 */
export function assign(c: Case, scope: LiveScope, values: Readonly<Record<string, Plain>>): void {
  for (const name of Object.keys(values)) {
    const value = values[name];
    if (value === undefined) continue;
    let at = scope;
    let local: LiveScope | undefined;
    while (!Object.hasOwn(at.variables, name)) {
      if (local === undefined && at.holder?.of) local = at;
      if (isWall(at) || !at.parent) {
        if (local) at = local;
        break;
      }
      at = at.parent;
    }
    define(at.variables, name, value);
    c.changed = true;
  }
}

/** A variable may be called `__proto__`: it is defined, never set. */
function define(variables: Values, name: string, value: Plain): void {
  if (name === "__proto__")
    Object.defineProperty(variables, name, { value, enumerable: true, writable: true, configurable: true });
  else variables[name] = value;
}

export function evaluateAt(c: Case, place: Pick<Place, "scope" | "own">, expression: Expression): Plain {
  return expression.evaluate(seen(place.scope, place.own), c.moment);
}

/** A value as it is kept in the state: nothing is null. */
export function kept(value: Plain): Plain {
  return value === undefined ? null : value;
}

export function mapped(c: Case, mappings: readonly Mapping[], variables: Variables): Values {
  const values: Values = {};
  for (const { to, from } of mappings) define(values, to, kept(from.evaluate(variables, c.moment)));
  return values;
}

/** What an activity sees for itself: with input mappings those values too. */
export function ownOf(c: Case, place: Place): Values | undefined {
  const { input } = place.node;
  if (!input) return place.own;
  return { ...place.own, ...mapped(c, input, seen(place.scope, place.own)) };
}

/** Lets the result of an activity join its scope. */
export function give(c: Case, place: Place, result: Readonly<Record<string, Plain>> | undefined): void {
  const { output } = place.node;
  if (output) assign(c, place.scope, mapped(c, output, { ...seen(place.scope, place.own), ...result }));
  else if (result) assign(c, place.scope, result);
}
