/** A number, day or span of time in a rule or a table that may be moved to see what comes of it. */
export interface Adjustable {
  /** By which it is named in a command or a form. */
  readonly name: string;
  readonly kind: "number" | "day" | "duration";
  readonly value: string;
  /** Rule or decision it stands in. */
  readonly of: string;
  /** The expression it stands in. */
  readonly text: string;
}

const FORMS: Record<Adjustable["kind"], RegExp> = {
  number: /^-?\d{1,15}(\.\d{1,10})?$/,
  day: /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/,
  // Years and months, or days and time: FEEL has no mixture of both (DMN 10.3.2.3).
  duration: /^-?P(?=\d)(\d+Y)?(\d+M)?$|^-?P(?=\d|T\d)(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+S)?)?$/,
};

/** Whether a text may stand in the place: nothing but a literal of its kind, so that a form cannot bring an expression in. */
export function mayStand(kind: Adjustable["kind"], text: string): boolean {
  return FORMS[kind].test(text.trim());
}
