export { actsText } from "./acts.ts";
export type {
  Deadline,
  Edition,
  ExampleDeclaration,
  Fee,
  FieldKind,
  LifeEvent,
  Norm,
  Rule,
  ServiceDeclaration,
} from "./declaration.ts";
export { lifeEvents } from "./declaration.ts";
export type {
  AnswerResult,
  CaseState,
  CaseSummary,
  CaseView,
  CatalogueEntry,
  Citation,
  FieldError,
  FormField,
  FormPage,
  KnownFact,
  Passport,
  RawAnswers,
  Review,
  ServicesDoor,
  SubmitResult,
} from "./door.ts";
export type { CaseCard, CaseDesk, OpenQuestion, Queue, QueuedCase, ShownQuestion, Verdict } from "./door-review.ts";
export { servicePackFiles } from "./pack-files.ts";
export { simulatedNames } from "./simulation-editions.ts";
export {
  prepareTrial,
  type Replayed,
  simulateInvented,
  simulatePast,
  type Trial,
  type TrialFaults,
  type Tried,
} from "./simulation-run.ts";
export { decidedCases } from "./store-simulation.ts";
