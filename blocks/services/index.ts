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
