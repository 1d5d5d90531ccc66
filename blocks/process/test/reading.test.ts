import assert from "node:assert/strict";
import { test } from "node:test";
import type { Node } from "../engine/model.ts";
import { file, flows, modelOf, read } from "./reading-files.ts";

const node = (xml: string, id: string, bindings = {}): Node => {
  const model = modelOf(xml, bindings);
  return model.nodes[model.nodeOf.get(id)!]!;
};
const straight = (task: string, more = "") => file(`<startEvent id="s"/>${task}<endEvent id="e"/>${more}${flows("s t, t e")}`);
const moment = { at: Date.UTC(2026, 0, 1), zone: "UTC" };

test("M-A18: a process as any modeler draws it becomes nodes, flows and scopes", () => {
  const model = modelOf(
    file(`<laneSet id="ls"><lane id="l1" name="clerk"><flowNodeRef>t</flowNodeRef></lane></laneSet>
      <startEvent id="s" name="Application"/><userTask id="t" name="Look"/>
      <subProcess id="sub"><startEvent id="s2"/><userTask id="u" kerege:role="expert"/><endEvent id="e2"/>
        <sequenceFlow id="g1" sourceRef="s2" targetRef="u"/><sequenceFlow id="g2" sourceRef="u" targetRef="e2"/></subProcess>
      <endEvent id="e"/><dataObject id="do" name="The paper"/><dataObjectReference id="dor" dataObjectRef="do" name="The paper"/>
      <textAnnotation id="ta"><text>Seen</text></textAnnotation><association id="as" sourceRef="ta" targetRef="t"/><group id="gr"/>
      ${flows("s t, t sub, sub e")}`),
  );
  assert.deepEqual(
    model.nodes.map(({ id, kind, scope }) => `${id} ${kind} ${scope}`),
    ["s start 0", "t user 0", "sub sub-process 0", "s2 start 1", "u user 1", "e2 end 1", "e end 0"],
  );
  assert.deepEqual(
    model.scopes.map(({ kind, parent, starts }) => ({ kind, parent, starts })),
    [
      { kind: "process", parent: undefined, starts: [0] },
      { kind: "sub-process", parent: 0, starts: [3] },
    ],
  );
  const look = model.nodes[1]!;
  assert.equal(look.work?.kind === "person" && look.work.role, "clerk", "the lane says who");
  assert.match(model.hash, /^[0-9a-f]{64}$/);
});

test("own attributes say who does a step, by when and how", () => {
  const task = `<userTask id="t" kerege:role="clerk" kerege:body="case.body" kerege:form="opinion" kerege:days="5" kerege:fourEyes="true" kerege:notBy="v">
    <extensionElements><kerege:input to="sum" from="amount * 2"/><kerege:output to="agreed" from="answer.agreed"/></extensionElements></userTask>`;
  const xml = file(
    `<startEvent id="s"/><userTask id="v" kerege:role="clerk"/>${task}<endEvent id="e"/>${flows("s v, v t, t e")}`,
  );
  const { work, input, output } = node(xml, "t", { variables: { amount: "number", case: { body: "string" } } });
  assert.ok(work?.kind === "person");
  assert.deepEqual([work.role, work.form, work.fourEyes, work.notBy], ["clerk", "opinion", true, ["v"]]);
  assert.equal(work.days?.evaluate({}, moment), 5);
  assert.equal(work.body?.evaluate({ case: { body: "KG-1" } }, moment), "KG-1");
  assert.deepEqual(
    input?.map(({ to, from }) => [to, from.evaluate({ amount: 0.15 }, moment)]),
    [["sum", 0.3]],
    "decimals",
  );
  assert.deepEqual(
    output?.map(({ to, from }) => [to, from.evaluate({ answer: { agreed: true } }, moment)]),
    [["agreed", true]],
  );
});

test("calls, messages, decisions and scripts are bound by name", () => {
  const decide = () => ({ value: 7 });
  const call = node(straight(`<serviceTask id="t" kerege:call="registry.read" kerege:attempts="5"/>`), "t").work;
  assert.deepEqual(call, { kind: "call", name: "registry.read", attempts: 5, parameters: [] });
  const rule = node(straight(`<businessRuleTask id="t" kerege:decision="fee" kerege:result="fee"/>`), "t", {
    decisions: { fee: decide },
  }).work;
  assert.deepEqual(rule, { kind: "decision", name: "fee", result: "fee", decide });
  const xml = straight(`<sendTask id="t" messageRef="m" kerege:correlation="number"/>`).replace(
    "</definitions>",
    `<message id="m" name="told"/></definitions>`,
  );
  const sent = node(xml, "t", { variables: { number: "string" } }).work;
  assert.ok(sent?.kind === "message" && sent.name === "told");
  assert.equal(sent.correlation?.evaluate({ number: "12" }, moment), "12");
  const script = node(
    straight(`<scriptTask id="t" scriptFormat="feel" kerege:result="x"><script>a + 1</script></scriptTask>`),
    "t",
    { variables: { a: "number" } },
  ).work;
  assert.ok(script?.kind === "script" && script.result === "x");
  assert.equal(script.script.evaluate({ a: 2 }, moment), 3);
});

test("events say what they wait for, in place or by reference", () => {
  const roots = `<message id="m" name="paid"/><error id="er" errorCode="E1"/><escalation id="es" escalationCode="L1"/><signal id="si" name="war"/>
    <timerEventDefinition id="shared"><timeDuration>PT1H</timeDuration></timerEventDefinition>`;
  const events = [
    `<timerEventDefinition kerege:working="true"><timeDuration>P5D</timeDuration></timerEventDefinition>`,
    `<messageEventDefinition messageRef="m" kerege:correlation="key"/>`,
    `<errorEventDefinition errorRef="er"/>`,
    `<escalationEventDefinition escalationRef="es"/>`,
    `<signalEventDefinition signalRef="si"/>`,
    `<conditionalEventDefinition><condition>key = "x"</condition></conditionalEventDefinition>`,
    `<eventDefinitionRef>shared</eventDefinitionRef>`,
  ];
  const drawn = events.map(
    (event, index) =>
      `<boundaryEvent id="b${index}" attachedToRef="t" ${index % 2 === 1 ? `cancelActivity="false"` : ""}>${event}</boundaryEvent>`,
  );
  const model = modelOf(
    file(
      `<startEvent id="s"/><userTask id="t" kerege:role="r"/><endEvent id="e"/>${drawn.join("")}${flows(["s t", "t e", ...events.map((_, index) => `b${index} e`)].join(","))}`,
      roots,
    ),
    { variables: { key: "string" } },
  );
  const activity = model.nodes[model.nodeOf.get("t")!]!;
  assert.deepEqual(
    activity.boundaries.map((index) => model.nodes[index]!.events[0]!.kind),
    ["timer", "message", "error", "escalation", "signal", "conditional", "timer"],
  );
  assert.deepEqual(
    activity.boundaries.map((index) => model.nodes[index]!.interrupting),
    [true, false, true, false, true, false, true],
  );
  const [timer, message] = activity.boundaries.map((index) => model.nodes[index]!.events[0]!);
  assert.ok(timer?.kind === "timer" && timer.working && timer.when === "duration");
  assert.equal(timer.value.evaluate({}, moment), "P5D");
  assert.ok(message?.kind === "message" && message.name === "paid");
});

test("repetitions: of each of many, so many times, while a condition holds", () => {
  const many = `<multiInstanceLoopCharacteristics isSequential="true" kerege:over="people" kerege:item="person" kerege:gather="names" kerege:value="person.name">
    <completionCondition>numberOfCompletedInstances > 1</completionCondition></multiInstanceLoopCharacteristics>`;
  const repeat = node(straight(`<userTask id="t" kerege:role="r">${many}</userTask>`), "t", {
    variables: { people: "list" },
  }).repeat;
  assert.ok(
    repeat?.kind === "many" &&
      repeat.sequential &&
      repeat.item === "person" &&
      repeat.gather?.into === "names" &&
      repeat.tell === "all",
  );
  assert.deepEqual(repeat.over.evaluate({ people: [1, 2] }, moment), [1, 2]);
  const times = node(
    straight(
      `<userTask id="t" kerege:role="r"><multiInstanceLoopCharacteristics behavior="One"><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics></userTask>`,
    ),
    "t",
  ).repeat;
  assert.ok(times?.kind === "many" && times.tell === "one" && !times.sequential);
  assert.equal(times.over.evaluate({}, moment), 3);
  const loop = node(
    straight(
      `<userTask id="t" kerege:role="r"><standardLoopCharacteristics testBefore="true" loopMaximum="4"><loopCondition>again</loopCondition></standardLoopCharacteristics></userTask>`,
    ),
    "t",
    { variables: { again: "boolean" } },
  ).repeat;
  assert.ok(loop?.kind === "while" && loop.before && loop.most === 4);
});

test("what undoes a step is found by the association of its compensation event", () => {
  const xml =
    file(`<startEvent id="s"/><serviceTask id="t" kerege:call="book"/><boundaryEvent id="b" attachedToRef="t"><compensateEventDefinition/></boundaryEvent>
    <serviceTask id="u" kerege:call="unbook" isForCompensation="true"/><association id="a" associationDirection="One" sourceRef="b" targetRef="u"/>
    <endEvent id="e"><compensateEventDefinition activityRef="t"/></endEvent>${flows("s t, t e")}`);
  const model = modelOf(xml);
  assert.equal(model.nodes[node(xml, "t").compensatedBy!]!.id, "u");
  assert.deepEqual(node(xml, "e").events, [{ kind: "compensation", activity: "t" }]);
});

test("a called process is laid in where it is called, as often as it is called", () => {
  const called = `<process id="q" isExecutable="true"><startEvent id="s"/><userTask id="u" kerege:role="r"/><endEvent id="e"/>
    <sequenceFlow id="f1" sourceRef="s" targetRef="u"/><sequenceFlow id="f2" sourceRef="u" targetRef="e"/></process>`;
  const head = file("").split("<process")[0]!;
  const caller = file(
    `<startEvent id="s"/><callActivity id="c" calledElement="q"/><callActivity id="d" calledElement="q"/><endEvent id="e"/>${flows("s c, c d, d e")}`,
  );
  const model = modelOf(caller, { called: (id) => (id === "q" ? `${head}${called}</definitions>` : undefined) });
  assert.deepEqual([...model.nodeOf.keys()], ["s", "c", "d", "e", "c/s", "c/u", "c/e", "d/s", "d/u", "d/e"]);
  assert.deepEqual(
    model.scopes.map(({ kind, node: holder }) => [kind, holder]),
    [
      ["process", undefined],
      ["call", 1],
      ["call", 2],
    ],
  );
  const other = modelOf(caller, { called: () => `${head}${called.replace(`"r"`, `"x"`)}</definitions>` });
  assert.notEqual(model.hash, other.hash, "what is called is part of the edition");
});

test("of several processes the one that no other calls is read; pools around it are drawing", () => {
  const head = file("").split("<process")[0]!;
  const one = (id: string, inner: string) =>
    `<process id="${id}" isExecutable="true"><startEvent id="${id}s"/>${inner}<sequenceFlow id="${id}f" sourceRef="${id}s" targetRef="${id}t"/></process>`;
  const xml = `${head}<collaboration id="c"><participant id="pa" processRef="main" name="Body"/><participant id="pb" name="Person"/><messageFlow id="mf" sourceRef="pb" targetRef="maint"/></collaboration>
    ${one("part", `<endEvent id="partt"/>`)}${one("main", `<callActivity id="maint" calledElement="part"/>`)}</definitions>`;
  assert.equal(modelOf(xml).process, "main");
  assert.equal(modelOf(xml, { process: "part" }).process, "part");
});

test("variables: declared ones with shapes, properties, what a repeated step is given", () => {
  const xml =
    file(`<extensionElements><kerege:variable name="born" type="date"/><kerege:variable name="limit" type="number" from="10 + 5"/></extensionElements>
    <property id="pr" name="note"/><startEvent id="s"/><exclusiveGateway id="x" default="f3"/><endEvent id="e"/><endEvent id="e2"/>
    ${flows('s x, x e: date("2000-01-01") > born and loopCounter = null, x e2')}`);
  const model = modelOf(xml);
  assert.deepEqual(Object.keys(model.scopes[0]!.variables), ["note", "limit"]);
  assert.equal(model.scopes[0]!.variables.limit?.evaluate({}, moment), 15);
  assert.equal(model.flows[1]!.condition?.evaluate({ born: "1999-05-05" }, moment), true);
});

test("with open names a name nobody declared may come; without it that is a fault", () => {
  const xml = file(
    `<startEvent id="s"/><exclusiveGateway id="x" default="f3"/><endEvent id="e"/><endEvent id="e2"/>${flows("s x, x e: later > 3 and other.part, x e2")}`,
  );
  assert.equal(read(xml).ok, false);
  const model = modelOf(xml, { openNames: true });
  assert.equal(model.flows[1]!.condition?.evaluate({ later: 4, other: { part: true } }, moment), true);
  assert.equal(model.flows[1]!.condition?.evaluate({}, moment), null, "and where it did not come, the condition does not hold");
});

test("the hash is of the file and of all it is bound to", () => {
  const xml = straight(`<userTask id="t" kerege:role="r"/>`);
  assert.equal(modelOf(xml).hash, modelOf(xml).hash);
  assert.notEqual(modelOf(xml).hash, modelOf(xml, { bound: "x" }).hash);
  assert.notEqual(modelOf(xml).hash, modelOf(`${xml}\n`).hash);
});

test("a process may say that its repairs take two officials, an ad hoc sub-process that its steps begin by themselves", () => {
  const xml = straight(
    `<adHocSubProcess id="t" kerege:auto="true" ordering="Sequential"><userTask id="u" kerege:role="r"/></adHocSubProcess>`,
  );
  assert.deepEqual(modelOf(xml).scopes[1]!.adHoc, { sequential: true, auto: true, cancelRemaining: true });
  assert.equal(modelOf(xml).repairByTwo, undefined);
  assert.equal(modelOf(xml.replace(`id="p"`, `id="p" kerege:repairByTwo="true"`)).repairByTwo, true);
});

test("what an event sends along is said by parameters", () => {
  const event = `<intermediateThrowEvent id="t"><extensionElements><kerege:parameter to="sum" from="amount"/></extensionElements><messageEventDefinition messageRef="m"/></intermediateThrowEvent>`;
  const xml = straight(event).replace("</definitions>", `<message id="m" name="told"/></definitions>`);
  const thrown = node(xml, "t", { variables: { amount: "number" } });
  assert.deepEqual(thrown.events, [{ kind: "message", name: "told" }]);
  assert.deepEqual(
    thrown.input?.map(({ to, from }) => [to, from.evaluate({ amount: 2 }, moment)]),
    [["sum", 2]],
  );
});
