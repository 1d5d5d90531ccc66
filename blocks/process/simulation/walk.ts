import { type LiveCase, openCase } from "../engine/live.ts";
import type { Decide, Model, Node, Variables } from "../engine/model.ts";
import type { HistoryEvent } from "../engine/state.ts";
import { isRefusal, rulesOf } from "../figures/decided.ts";
import { coverAll, type Ending, type Side, type Work } from "./ending.ts";
import type { PastAnswer, PastCase } from "./past.ts";

/** How the end of a case is read from its variables. */
export interface Reading {
  /** Code of the outcome; `end` is the id of the last end event. */
  outcome(variables: Variables, end: string | undefined): string;
  /** Minor units. */
  amount?(variables: Variables): number;
}

/** By the variable `outcome`, else by the end event. */
export const usualReading: Reading = {
  outcome: ({ outcome }, end) => (typeof outcome === "string" ? outcome : (end ?? "ended")),
  amount: ({ amount }) => (typeof amount === "number" ? amount : 0),
};

export interface Walking {
  readonly name: string;
  readonly model: Model;
  readonly reading?: Reading;
  /** Working days between two instants. */
  days(from: number, to: number): number;
  /** What was ever answered at a node, to count every branch where a case has no answer of its own. */
  possible?(node: string): readonly PastAnswer[];
  /** Questions the person answered at the beginning, and the minutes this took. */
  burden?(one: PastCase): { questions: number; minutes: number };
  /** Told of each question that is asked, with its turn in the case. */
  asked?(node: string, turn: number): void;
}

/** Branches of one case that are followed; a case with more of them counts as wholly unknown. */
const MOST_BRANCHES = 64;
/** Commands given to one case: more is a loop that recorded answers keep going. */
const MOST_COMMANDS = 2000;

/** An edition of a process to which past cases are put, with their own answers and a virtual clock. */
export function processSide(walking: Walking): Side<PastCase> {
  const model = withoutReasons(walking.model);
  const asking = model.nodes.map((node) => node.work?.kind === "person" || node.work?.kind === "call");
  const ends = new Set(model.nodes.filter(({ kind }) => kind === "end").map(({ id }) => id));
  const walked: Walked = { walking: { ...walking, model }, asking, ends, reading: walking.reading ?? usualReading };
  return {
    name: walking.name,
    end(one) {
      const first = walk(walked, one, NOTHING_ASSUMED);
      return "missing" in first ? allBranches(walked, one, first.missing) : first;
    },
  };
}

/** Reasons of a decision cost several times the decision: they are worked out only where it refuses. */
function withoutReasons(model: Model): Model {
  const nodes = model.nodes.map((node): Node => {
    const { work } = node;
    if (work?.kind !== "decision") return node;
    const decide: Decide = (variables, moment) => {
      const decided = work.decide(variables, moment);
      return isRefusal(decided.value) ? decided : { value: decided.value };
    };
    return { ...node, work: { ...work, decide } };
  });
  return { ...model, nodes };
}

interface Walked {
  walking: Walking;
  asking: readonly boolean[];
  ends: ReadonlySet<string>;
  reading: Reading;
}

type Assumed = ReadonlyMap<string, PastAnswer>;
const NOTHING_ASSUMED: Assumed = new Map();

/** Follows every answer that was ever given where this case has none: bounds, not guesses. */
function allBranches(walked: Walked, one: PastCase, missing: Question): Ending {
  const endings: Ending[] = [];
  const left: { assumed: Assumed; missing: Question }[] = [{ assumed: NOTHING_ASSUMED, missing }];
  const unknown = new Set<string>();
  for (let branches = 0; left.length > 0; ) {
    const { assumed, missing: question } = left.pop()!;
    unknown.add(question.node);
    const possible = walked.walking.possible?.(question.node) ?? [];
    if (possible.length === 0) endings.push(unknowable(walked, one));
    for (const answer of possible) {
      if (++branches > MOST_BRANCHES) return { ...coverAll([...endings, unknowable(walked, one)]), unknown: [...unknown] };
      const more = new Map(assumed).set(keyOf(question), answer);
      const came = walk(walked, one, more);
      if ("missing" in came) left.push({ assumed: more, missing: came.missing });
      else endings.push(came);
    }
  }
  return { ...coverAll(endings), unknown: [...unknown].sort() };
}

/** Every end of the process may come. */
function unknowable({ walking, ends }: Walked, one: PastCase): Ending {
  const burden = walking.burden?.(one);
  return {
    outcomes: [...ends].sort(),
    rules: [],
    amount: { least: 0, most: 0 },
    days: { least: 0, most: 0 },
    work: [],
    questions: burden?.questions ?? 0,
    minutes: burden?.minutes ?? 0,
    unknown: [],
  };
}

interface Question {
  node: string;
  turn: number;
}

function keyOf({ node, turn }: Question): string {
  return `${node} ${turn}`;
}

/** An answer that is on its way. */
interface Pending {
  at: number;
  token: number;
  node: Node;
  answer: PastAnswer;
}

interface Going {
  live: LiveCase;
  at: number;
  pending: Pending[];
  /** Questions nobody ever answered. */
  open: Question[];
  turns: Map<string, number>;
  work: Map<string, { desk: string; tasks: number; minutes: number }>;
  rules: string[];
  end: string | undefined;
  /** Messages that have not been taken yet, the earliest first. */
  told: NonNullable<PastCase["told"]>[number][];
}

/** Goes through one case; what comes first happens first, and of two at once what was asked first. */
function walk(walked: Walked, one: PastCase, assumed: Assumed): Ending | { missing: Question } {
  const live = openCase(walked.walking.model);
  const going: Going = {
    ...{ live, at: one.at, pending: [], open: [], turns: new Map(), work: new Map(), rules: [], end: undefined },
    told: one.told ? [...one.told] : [],
  };
  apply(walked, { going, one, assumed }, () => live.apply({ kind: "start", variables: one.variables, by: "person" }, one.at));
  for (let commands = 0; live.status === "running" && commands < MOST_COMMANDS; commands++) {
    if (!next(walked, { going, one, assumed })) break;
  }
  const [missing] = going.open;
  if (live.status === "running" && missing) return { missing };
  return endingOf(walked, one, going);
}

interface Turn {
  going: Going;
  one: PastCase;
  assumed: Assumed;
}

/** Does whatever is next; false where nothing is. */
function next(walked: Walked, turn: Turn): boolean {
  const { going, one } = turn;
  const { live, pending } = going;
  let first: Pending | undefined;
  for (const each of pending) if (!first || each.at < first.at) first = each;
  const due = live.due;
  const [message] = going.told;
  const heard = message && one.at + message.after;
  // A question without an answer stops the clock: what a deadline would do to it depends on when it would have been answered.
  if (first && (due === undefined || first.at <= due) && (heard === undefined || first.at <= heard)) {
    pending.splice(pending.indexOf(first), 1);
    going.at = first.at;
    apply(walked, turn, () => answer(live, first));
    return true;
  }
  if (going.open.length > 0) return false;
  if (heard !== undefined && (due === undefined || heard <= due)) {
    going.told.shift();
    going.at = Math.max(going.at, heard);
    const { name, correlation, variables } = message!;
    apply(walked, turn, () =>
      live.apply(
        { kind: "message", name, ...(correlation !== undefined && { correlation }), ...(variables && { variables }) },
        going.at,
      ),
    );
    return true;
  }
  if (due === undefined) return false;
  going.at = Math.max(going.at, due);
  apply(walked, turn, () => live.apply({ kind: "tick" }, going.at));
  return true;
}

function answer(live: LiveCase, { at, token, node, answer: given }: Pending): ReturnType<LiveCase["apply"]> {
  // Each task is somebody else's, so that duties which must be kept apart are.
  if (given.error !== undefined) return live.apply({ kind: "error", token, code: given.error, by: node.id }, at);
  const output = given.output;
  const done = live.apply({ kind: "complete", token, by: node.id, ...(output && { output }) }, at);
  if (node.work?.kind !== "person" || !node.work.fourEyes || done.refused) return done;
  return live.apply({ kind: "complete", token, by: `${node.id}, the second`, ...(output && { output }) }, at);
}

/** Gives a command and takes up what it asks. */
function apply(walked: Walked, { going, one, assumed }: Turn, give: () => ReturnType<LiveCase["apply"]>): void {
  const { events, refused } = give();
  if (refused) return;
  const { model, asked } = walked.walking;
  for (const event of events) {
    const { kind, node: id } = event;
    if (kind === "entered") {
      const index = model.nodeOf.get(id!)!;
      // Of a repeated step each time is asked for, not the whole.
      if (event.token !== undefined && walked.asking[index] && event.said?.whole !== true)
        ask(going, { one, assumed, node: model.nodes[index]!, token: event.token, asked });
      else if (walked.ends.has(id!)) going.end = id;
    } else if (kind === "decided") noteRules(event, going.rules);
    else if (kind === "interrupted" && event.token !== undefined && going.pending.length > 0)
      going.pending = going.pending.filter(({ token }) => token !== event.token);
  }
}

function ask(going: Going, given: { one: PastCase; assumed: Assumed; node: Node; token: number; asked: Walking["asked"] }): void {
  const { one, assumed, node, token } = given;
  const turn = going.turns.get(node.id) ?? 0;
  going.turns.set(node.id, turn + 1);
  given.asked?.(node.id, turn);
  const recorded =
    one.answers.find((each) => each.node === node.id && each.turn === turn) ?? assumed.get(keyOf({ node: node.id, turn }));
  if (!recorded) {
    going.open.push({ node: node.id, turn });
    return;
  }
  going.pending.push({ at: going.at + recorded.waited, token, node, answer: recorded });
  if (node.work?.kind !== "person") return;
  const desk = node.work.role;
  const kept = going.work.get(desk);
  if (kept) {
    kept.tasks++;
    kept.minutes += recorded.worked;
  } else going.work.set(desk, { desk, tasks: 1, minutes: recorded.worked });
}

/** Rules that said no: those a decision gives as reasons of a value that is no. */
function noteRules(event: HistoryEvent, rules: string[]): void {
  const said = event.said ?? {};
  if (isRefusal(said.value)) rules.push(...rulesOf(said));
}

const NO_WORK: readonly Work[] = [];
const NO_BURDEN = { questions: 0, minutes: 0 };

function endingOf({ walking, reading }: Walked, one: PastCase, { live, at, end, work, rules }: Going): Ending {
  const { variables, status } = live;
  const outcome = status === "ended" ? reading.outcome(variables, end) : status === "running" ? "stuck" : status;
  const amount = reading.amount?.(variables) ?? 0;
  const days = walking.days(one.at, at);
  const { questions, minutes } = walking.burden?.(one) ?? NO_BURDEN;
  return {
    outcomes: [outcome],
    rules,
    amount: { least: amount, most: amount },
    days: { least: days, most: days },
    work: work.size === 0 ? NO_WORK : [...work.values()],
    questions,
    minutes,
    unknown: NO_ONE,
  };
}

const NO_ONE: readonly string[] = [];

/** Answers that were ever given at each node, without double ones, at most so many of each. */
export function possibleAnswers(
  cases: Iterable<PastCase>,
  most = 12,
): { add(one: PastCase): void; of(node: string): readonly PastAnswer[] } {
  const found = new Map<string, Map<string, PastAnswer>>();
  const add = ({ answers }: PastCase) => {
    for (const answer of answers) {
      const { node, output, error } = answer;
      let of = found.get(node);
      if (!of) {
        of = new Map();
        found.set(node, of);
      }
      const key = JSON.stringify([output, error]);
      if (of.size < most && !of.has(key)) of.set(key, answer);
    }
  };
  for (const one of cases) add(one);
  return { add, of: (node) => [...(found.get(node)?.values() ?? [])] };
}
