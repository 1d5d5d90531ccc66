import type { Shape, Shapes } from "@kerege/kernel/feel";
import type { Calendar, Decide } from "../engine/model.ts";

/** What a process is bound to when it is read: all it may speak of that is not in its file. */
export interface Bindings {
  readonly calendar: Calendar;
  /** Id of the process to read; without it the one that no other of the file calls. */
  readonly process?: string;
  /** What the model goes by in place of the id and the name in the file: a stock process carries out many a service. */
  readonly as?: { readonly process: string; readonly name: string };
  readonly decisions?: Readonly<Record<string, Decide>>;
  /** Variables a case begins with or gets from forms and calls, with their shapes. */
  readonly variables?: Shapes;
  /** A name nobody declared stands for a variable that may come: only for processes without a service. */
  readonly openNames?: boolean;
  /** Names of calls that somebody performs; without it any name is accepted. */
  readonly calls?: ReadonlySet<string>;
  /** Roles that officials may hold; without it any name is accepted. */
  readonly roles?: ReadonlySet<string>;
  /** Text of the file that holds a called process, where it is not in the same file. */
  readonly called?: (process: string) => string | undefined;
  /** Digest of what stands behind the names above (decisions), so that the hash of the model tells them apart. */
  readonly bound?: string;
  /**
   * Checks of the graph that go beyond the standard (loops without a wait, splits joined by the wrong gateway, missing defaults, roles).
   * Turned off only to run foreign processes as they are.
   */
  readonly foreign?: boolean;
}

/** Something wrong in a process: texts under `process.reading.<code>`; the first parameter is always `element`, as people call it. */
export interface ReadFault {
  readonly code: string;
  readonly params: Readonly<Record<string, string | number>>;
  /** What is wrong in an expression: texts under `feel.faults.<code>`. */
  readonly feel?: { readonly code: string; readonly params: Readonly<Record<string, string | number>> };
  /** Id of the element, or of the nearest one around it that has an id. */
  readonly id?: string;
  /** In the file, from 1. */
  readonly line: number;
  readonly column: number;
}

/** Names that the interpreter gives by itself: within repeated activities (BPMN 2.0.2, tables 10.30 and 10.31) and complex gateways. */
export const GIVEN: Readonly<Record<string, Shape>> = {
  loopCounter: "number",
  numberOfInstances: "number",
  numberOfActiveInstances: "number",
  numberOfCompletedInstances: "number",
  numberOfTerminatedInstances: "number",
  activationCount: "number",
  error: "any",
};
