import type { NodeKind } from "../engine/model.ts";
import { type Source, tell, walk } from "./source.ts";
import type { Element } from "./tree.ts";

/** Flow nodes that are executed, by what the standard calls them. */
export const NODES: Readonly<Record<string, NodeKind>> = {
  "bpmn:StartEvent": "start",
  "bpmn:EndEvent": "end",
  "bpmn:IntermediateCatchEvent": "catch",
  "bpmn:IntermediateThrowEvent": "throw",
  "bpmn:BoundaryEvent": "boundary",
  "bpmn:Task": "task",
  "bpmn:ManualTask": "manual",
  "bpmn:UserTask": "user",
  "bpmn:ServiceTask": "service",
  "bpmn:BusinessRuleTask": "rule",
  "bpmn:SendTask": "send",
  "bpmn:ReceiveTask": "receive",
  "bpmn:ScriptTask": "script",
  "bpmn:ExclusiveGateway": "exclusive",
  "bpmn:ParallelGateway": "parallel",
  "bpmn:InclusiveGateway": "inclusive",
  "bpmn:EventBasedGateway": "event-based",
  "bpmn:ComplexGateway": "complex",
  "bpmn:SubProcess": "sub-process",
  "bpmn:AdHocSubProcess": "ad-hoc",
  "bpmn:Transaction": "transaction",
  "bpmn:CallActivity": "call",
};

export function kindOf(element: Element): NodeKind | undefined {
  const kind = NODES[element.$type];
  return kind === "sub-process" && element.triggeredByEvent === true ? "event-sub-process" : kind;
}

export const ACTIVITIES: ReadonlySet<NodeKind> = new Set<NodeKind>([
  "task",
  "manual",
  "user",
  "service",
  "rule",
  "send",
  "receive",
  "script",
  "sub-process",
  "ad-hoc",
  "transaction",
  "call",
]);
export const GATEWAYS: ReadonlySet<NodeKind> = new Set<NodeKind>([
  "exclusive",
  "parallel",
  "inclusive",
  "event-based",
  "complex",
]);
export const EVENTS: ReadonlySet<NodeKind> = new Set<NodeKind>(["start", "end", "catch", "throw", "boundary"]);

const EVENT_DEFINITIONS = [
  "Message",
  "Signal",
  "Error",
  "Escalation",
  "Timer",
  "Conditional",
  "Compensate",
  "Link",
  "Cancel",
  "Terminate",
];

/** What is carried out, or says something of what is carried out. */
const EXECUTED = [
  "Definitions",
  "Process",
  "SequenceFlow",
  "Expression",
  "FormalExpression",
  "Property",
  "DataObject",
  "Message",
  "Signal",
  "Error",
  "Escalation",
  "MultiInstanceLoopCharacteristics",
  "StandardLoopCharacteristics",
  "Lane",
  "LaneSet",
  "Association",
  ...EVENT_DEFINITIONS.map((name) => `${name}EventDefinition`),
];
/** What is there for people who look at the drawing, or describes data for others: leaving it out changes nothing. */
const DRAWN = [
  "Collaboration",
  "Participant",
  "ParticipantMultiplicity",
  "MessageFlow",
  "MessageFlowAssociation",
  "ParticipantAssociation",
  "TextAnnotation",
  "Group",
  "Category",
  "CategoryValue",
  "Documentation",
  "DataObjectReference",
  "DataStoreReference",
  "DataStore",
  "DataState",
  "ItemDefinition",
  "Import",
  "Interface",
  "Operation",
  "EndPoint",
  "PartnerEntity",
  "PartnerRole",
  "Relationship",
  "Auditing",
  "Monitoring",
  "ExtensionElements",
  "Resource",
  "ResourceParameter",
  "PotentialOwner",
  "HumanPerformer",
  "Performer",
  "ResourceRole",
  "InputOutputSpecification",
  "DataInput",
  "DataOutput",
  "InputSet",
  "OutputSet",
  "DataInputAssociation",
  "DataOutputAssociation",
  "Rendering",
  "ConversationLink",
  "Conversation",
  "SubConversation",
  "ConversationAssociation",
  "CorrelationKey",
  "CorrelationProperty",
  "CorrelationPropertyRetrievalExpression",
  "Extension",
  "ExtensionDefinition",
  "ExtensionAttributeDefinition",
];
const KNOWN = new Set([...Object.keys(NODES), ...[...EXECUTED, ...DRAWN].map((name) => `bpmn:${name}`)]);
const OWN = new Set(["Input", "Output", "Parameter", "Variable"].map((name) => `kerege:${name}`));

/**
 * Nothing is passed over in silence: an element that is not carried out, an element or attribute that the standard does not have there,
 * a reference to what is absent, each is a fault. Extensions of other tools are passed over as the standard says (8.2.3), unless they must be understood.
 */
export function checkElements(source: Source): void {
  const { tree } = source;
  for (const element of walk(tree.root)) {
    const type = element.$type;
    if (KNOWN.has(type) || OWN.has(type)) continue;
    if (type.startsWith("bpmn:")) tell(source, element, { code: "not-executed", params: { kind: type.slice(5) } });
    else if (type.startsWith("kerege:"))
      tell(source, element.$parent?.$parent ?? element, { code: "unknown-part", params: { what: type } });
  }
  for (const extension of (tree.root.extensions as Element[] | undefined) ?? [])
    if (extension.mustUnderstand === true) tell(source, tree.root, { code: "not-executed", params: { kind: "mustUnderstand" } });
  checkWarnings(source);
}

function checkWarnings(source: Source): void {
  const { tree } = source;
  for (const { message, element, property = "", value = "" } of tree.warnings) {
    // The drawing is not carried out; what it points at does not matter here.
    if (element && /^(bpmndi|di|dc):/.test(element.$type)) continue;
    if (/^unresolved reference/.test(message) && element) {
      if (
        /messageFlow|participant|categoryValue|ItemDefinition|structureRef|itemSubject|itemRef|import/i.test(
          `${property} ${element.$type}`,
        )
      )
        continue;
      tell(source, element, { code: "unknown-reference", params: { property: property.replace(/^.*:/, ""), reference: value } });
    } else if (/^unknown attribute/.test(message) && element) {
      tell(source, element, { code: "unknown-part", params: { what: property.replace(/^bpmn:/, "") } });
    } else {
      const line = Number(/line: (\d+)/.exec(message)?.[1] ?? 0);
      const column = Number(/column: (\d+)/.exec(message)?.[1] ?? 0);
      const said = /unparsable content (\S+)/.exec(message)?.[1] ?? "";
      if (/^<(?:[\w-]+:)?BPMN(?:Diagram|Plane|Shape|Edge|Label)|^<(?:di|dc|omgdi|omgdc|bpmndi):/.test(said)) continue;
      source.faults.push({ code: "unknown-part", params: { element: said, what: said }, line: line + 1, column: column + 1 });
    }
  }
}
