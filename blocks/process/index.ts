export { bindDecision } from "./decisions/bind.ts";
export { type Change, type ChangeQuestion, whatWouldChange } from "./decisions/change.ts";
export { checkDecisions } from "./decisions/check.ts";
export { type Decision, type Decisions, type ReadDecisions, readDecisions } from "./decisions/decisions.ts";
export { type Element, readElements } from "./decisions/element.ts";
export { type Explanation, explainDecision, type FactSource } from "./decisions/explain.ts";
export { addDecidingTexts, changeSentences, explanationSentences, type Words as DecisionWords } from "./decisions/sentences.ts";
export type {
  Act,
  ActorCommand,
  Answer,
  Base,
  BindsBy,
  Call,
  CaseRow,
  CaseView,
  Dates,
  EditionsDoor,
  EditionView,
  IncidentRow,
  LookingDoor,
  Message,
  Page,
  Paged,
  Performer,
  Performing,
  ProcessDoor,
  Proposal,
  Publication,
  Recorded,
  RecordedCommand,
  Repair,
  RepairDoor,
  SimulationsDoor,
  Start,
  TaskRow,
  Upgrade,
  UpgradeDoor,
  UpgradePreview,
  UpgradeState,
  Variables,
} from "./door.ts";
export { drawProcess, type Mark, type MarkState, type Paint } from "./drawing/draw.tsx";
export type { Drawing } from "./drawing/drawing.ts";
export { outlineOf, StepList } from "./drawing/outline.tsx";
export { type CasePath, pathOf } from "./drawing/path.ts";
export { drawingsOf, readDrawings } from "./drawing/read.ts";
export { type LiveCase, openCase } from "./engine/live.ts";
export type { Calendar, Decide, Decided, Model, Moment } from "./engine/model.ts";
export type { Command, Effect, HistoryEvent, HistoryKind, Refusal, State, Status, Token, Trigger } from "./engine/state.ts";
export { DrawingStyle } from "./pages/frame.tsx";
export { faultTexts, gatherFiles, modelFrom, type ProcessFiles } from "./reading/files.ts";
export { type Bindings, type ReadFault, type ReadModel, readModel } from "./reading/read.ts";
export { readBpmnTree } from "./reading/tree.ts";
export { scanXml } from "./reading/xml.ts";
export { calendarOf } from "./running/installed.ts";
export { replay } from "./running/replay.ts";
export { type Adjustable, mayStand } from "./simulation/adjust.ts";
export type { Bounds, Ending, Side } from "./simulation/ending.ts";
export { type GateResult, replayAll } from "./simulation/gate.ts";
export { bandOf, type GroupOf } from "./simulation/groups.ts";
export { createRandom, type Random } from "./simulation/random.ts";
export { type Simulation, simulate, simulateBatches } from "./simulation/simulate.ts";
export type { SimulateHere, SimulationSource } from "./simulation/source.ts";
export { type ReportTable, reportSentence, reportTables, type Words } from "./simulation/tables.ts";
export type { Report } from "./simulation/tally.ts";
export { movedFiles, placesIn } from "./simulation/xml-places.ts";
export { readStock, type StockProcess, stockProcesses } from "./stock/stock.ts";
