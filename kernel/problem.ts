/**
 * What can go wrong, said once. A block lists its problems in a table; each has a stable code, an HTTP status and texts in four
 * languages under `problems.<name>` of its locales (RFC 9457: `type` is the code's page, `title` and `detail` the texts).
 */
export type ProblemTable = Record<string, { status: number }>;

export class Problem extends Error {
  /** `block.name`, stable for ever. */
  readonly code: string;
  readonly status: number;
  readonly params: Record<string, string | number>;
  /** Where in the input, when it is about a field: JSON Pointer to text key and params. */
  readonly fields: FieldProblem[];
  /** Members beside the standard ones (RFC 9457, 3.2), for programs. */
  readonly more: Record<string, unknown>;
  constructor(code: string, options: ProblemOptions & { status: number }) {
    super(code, { cause: options.cause });
    this.name = "Problem";
    this.code = code;
    this.status = options.status;
    this.params = options.params ?? {};
    this.fields = options.fields ?? [];
    this.more = options.more ?? {};
  }
}

export interface ProblemOptions {
  params?: Record<string, string | number>;
  fields?: FieldProblem[];
  more?: Record<string, unknown>;
  cause?: unknown;
}

export interface FieldProblem {
  /** JSON Pointer (RFC 6901) into the input. */
  pointer: string;
  /** Text key of the message, with its block, e.g. `kernel.fields.required`. */
  key: string;
  params?: Record<string, string | number>;
}

/** Makes the thrower of one block: `throw problem("not-found", { params })`. A code outside the table does not compile. */
export function problemsOf<Table extends ProblemTable>(block: string, table: Table) {
  return (name: keyof Table & string, options: ProblemOptions = {}) =>
    new Problem(`${block}.${name}`, { status: table[name]!.status, ...options });
}

export const kernelProblems = {
  "bad-request": { status: 400 },
  "invalid-input": { status: 422 },
  "not-found": { status: 404 },
  "method-not-allowed": { status: 405 },
  "too-large": { status: 413 },
  "unsupported-media-type": { status: 415 },
  "not-utf-8": { status: 400 },
  "foreign-origin": { status: 403 },
  "sign-in-needed": { status: 401 },
  "too-busy": { status: 503 },
  "too-many-requests": { status: 429 },
  "uri-too-long": { status: 414 },
  "head-too-large": { status: 431 },
  "too-slow": { status: 408 },
  internal: { status: 500 },
} satisfies ProblemTable;

export const kernelProblem = problemsOf("kernel", kernelProblems);
