import { type Case, type LiveScope, put } from "./case.ts";
import type { Node } from "./model.ts";
import { clear, complete } from "./scopes.ts";
import { evaluateAt } from "./variables.ts";

/** Ad-hoc sub-processes (BPMN 2.0.2 §13.3.5): activities begun in any order, by an officer or by themselves. */

export function beginAdHoc(c: Case, scope: LiveScope): void {
  scope.begun = [];
  const { adHoc } = scope.scope;
  if (!adHoc?.auto) return;
  if (adHoc.sequential) beginNext(c, scope);
  else for (const node of c.plan.begins[scope.scope.index]!) beginOne(c, scope, node);
  if (scope.live === 0) complete(c, scope);
}

export function beginOne(c: Case, scope: LiveScope, node: Node): void {
  scope.begun = [...(scope.begun ?? []), node.id];
  put(c, { scope, node, of: undefined, own: undefined });
}

function beginNext(c: Case, scope: LiveScope): boolean {
  const next = c.plan.begins[scope.scope.index]!.find((node) => !scope.begun?.includes(node.id));
  if (next) beginOne(c, scope, next);
  return next !== undefined;
}

/** Whether the completion condition holds: no more activities are wanted. */
export function isComplete(c: Case, scope: LiveScope): boolean {
  const completion = scope.scope.adHoc?.completion;
  return completion !== undefined && evaluateAt(c, { scope, own: undefined }, completion) === true;
}

/** Nothing goes on inside: gives whether the sub-process is over. */
export function adHocQuiet(c: Case, scope: LiveScope): boolean {
  if (isComplete(c, scope)) return true;
  const { adHoc } = scope.scope;
  if (!adHoc?.auto) return false;
  return !(adHoc.sequential && beginNext(c, scope));
}

/** Looks at completion conditions after variables changed; gives whether one sub-process ended. */
export function completeAdHoc(c: Case): boolean {
  for (const scope of c.scopes) {
    const { adHoc } = scope.scope;
    if (!adHoc?.completion || !(adHoc.cancelRemaining || scope.live === 0) || !isComplete(c, scope)) continue;
    clear(c, scope);
    complete(c, scope);
    return true;
  }
  return false;
}
