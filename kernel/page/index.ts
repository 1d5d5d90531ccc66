export { type Asset, compileAssets, publishAssets } from "./assets.ts";
export { Lattice, LatticeMark } from "./brand.tsx";
export {
  BackLink,
  type Card,
  CardGrid,
  EmptyState,
  Facts,
  Known,
  LinkList,
  Outcome,
  StackTable,
  StatusTag,
  Timeline,
  type Tone,
} from "./content.tsx";
export { type DayParts, readDayParts } from "./day.ts";
export {
  type ChoiceOption,
  Choices,
  DateInput,
  type ErrorLine,
  ErrorSummary,
  type FieldProps,
  Fieldset,
  FileUpload,
  Input,
  Textarea,
} from "./form.tsx";
export { renderPage, safeHref } from "./render.ts";
export { AppShell, PreferencesForm, SearchBox, type ShellProps } from "./shell.tsx";
export type { Preferences, Visit } from "./visit.ts";
export { createVisits, PREFERENCES_COOKIE, readPreferences, type Visits, writePreferences } from "./visits.ts";
