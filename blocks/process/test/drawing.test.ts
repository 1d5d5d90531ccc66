/** Diagrams: places of a file kept, places of our own where it has none, marks told apart without colour, nothing of a file run by a browser. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { addLocales, createTexts, languages } from "@kerege/kernel/locale";
import { render } from "preact-render-to-string";
import { differencesOf, marksOf } from "../drawing/compare.ts";
import { drawProcess, type Mark } from "../drawing/draw.tsx";
import { type Box, type Drawing, isNode, type Shape } from "../drawing/drawing.ts";
import { kindOf, outlineOf } from "../drawing/outline.tsx";
import { pathOf } from "../drawing/path.ts";
import { readDrawings } from "../drawing/read.ts";
import { widthOf, wrap } from "../drawing/wrap.ts";
import { step } from "../engine/step.ts";
import { slugOf } from "../pages/book.ts";
import { readStock, stockProcesses } from "../stock/stock.ts";
import { file, flows, modelOf } from "./reading-files.ts";

const texts = createTexts();
addLocales(texts, "process", new URL("../locales/", import.meta.url));
const t = texts.of("en");
const draw = (drawing: Drawing, given: { nodes?: ReadonlyMap<string, Mark>; flows?: ReadonlyMap<string, Mark> } = {}) =>
  render(drawProcess(drawing, { t, title: "A process", ...given }));
const first = async (xml: string) => (await readDrawings(xml))[0]!;

const inside = (one: Box, other: Box) =>
  one.x >= other.x &&
  one.y >= other.y &&
  one.x + one.width <= other.x + other.width &&
  one.y + one.height <= other.y + other.height;
const overlap = (one: Box, other: Box) =>
  one.x < other.x + other.width && other.x < one.x + one.width && one.y < other.y + other.height && other.y < one.y + one.height;
const touches = ({ x, y }: { x: number; y: number }, box: Box) =>
  x >= box.x - 1 && x <= box.x + box.width + 1 && y >= box.y - 1 && y <= box.y + box.height + 1;

/** A picture that may be shown: no two shapes over one another unless one holds the other, each way from its shape to its shape, all within the box. */
function assertSound(drawing: Drawing): void {
  const solid = drawing.shapes.filter((shape) => isNode(shape) && shape.attachedTo === undefined);
  for (const [index, one] of solid.entries()) {
    assert.ok(inside(one.box, drawing.box), `${one.id} is outside`);
    for (const other of solid.slice(index + 1)) {
      const holds = one.expanded || other.expanded;
      assert.ok(
        !overlap(one.box, other.box) || (holds && (inside(one.box, other.box) || inside(other.box, one.box))),
        `${one.id} over ${other.id}`,
      );
    }
  }
  const byId = new Map(drawing.shapes.map((shape) => [shape.id, shape]));
  for (const edge of drawing.edges) {
    assert.ok(touches(edge.points[0]!, byId.get(edge.from)!.box), `${edge.id} does not begin at ${edge.from}`);
    assert.ok(touches(edge.points.at(-1)!, byId.get(edge.to)!.box), `${edge.id} does not end at ${edge.to}`);
  }
  for (const { attachedTo, box, id } of drawing.shapes)
    if (attachedTo !== undefined) assert.ok(overlap(box, byId.get(attachedTo)!.box), `${id} does not stand on ${attachedTo}`);
}

test("M-A18: a diagram is drawn where the file puts it", async () => {
  const drawing = await first(readStock("straight-through"));
  assert.equal(drawing.fromFile, true);
  const bounds = /bpmnElement="decide"[^>]*>\s*<dc:Bounds x="(\d+)" y="(\d+)" width="(\d+)" height="(\d+)"/.exec(
    readStock("straight-through"),
  )!;
  const [x, y, width, height] = bounds.slice(1).map(Number);
  assert.deepEqual(drawing.shapes.find(({ id }) => id === "decide")?.box, { x, y, width, height });
  assertSound(drawing);
});

test("every process of the house is drawn whole, and every name in it has a word in four languages", async () => {
  for (const name of stockProcesses) {
    const xml = readStock(name);
    const drawings = await readDrawings(xml);
    assert.ok(
      drawings.every(({ fromFile }) => fromFile),
      name,
    );
    const drawn = new Set(drawings.flatMap(({ shapes }) => shapes.map(({ id }) => id)));
    for (const [, id = ""] of xml.matchAll(/<bpmn:\w*(?:Task|Event|Gateway|subProcess) id="([^"]+)"/g))
      assert.ok(drawn.has(id), `${name}: ${id} is not drawn`);
    for (const { shapes, edges } of drawings)
      for (const { name: said } of [...shapes, ...edges]) {
        if (said === "") continue;
        const key = `process.steps.${slugOf(said)}`;
        for (const language of languages)
          assert.notEqual(texts.translate(language, key), key, `${name}: "${said}" in ${language}`);
      }
  }
});

test("M-A18: a process without places is laid out: nothing over anything, every way from its step to its step", async () => {
  const bare = file(
    `<startEvent id="s"/><userTask id="a" kerege:role="r"/><boundaryEvent id="late" attachedToRef="a"><timerEventDefinition/></boundaryEvent>
     <boundaryEvent id="told" name="Told" attachedToRef="a"><messageEventDefinition/></boundaryEvent>
     <subProcess id="part"><startEvent id="ps"/><userTask id="pt"/><endEvent id="pe"/><sequenceFlow id="pf1" sourceRef="ps" targetRef="pt"/><sequenceFlow id="pf2" sourceRef="pt" targetRef="pe"/></subProcess>
     <subProcess id="aside" triggeredByEvent="true"><startEvent id="as"><signalEventDefinition/></startEvent><endEvent id="ae"/><sequenceFlow id="af" sourceRef="as" targetRef="ae"/></subProcess>
     <exclusiveGateway id="x"/><parallelGateway id="y"/><userTask id="b"/><userTask id="c"/><endEvent id="e"/><endEvent id="f"/>
     ${flows("s a, a x, x part, x b: 1 = 1, part y, b y, y e, b a, late c, told f, c x, s e")}`,
  );
  const drawing = await first(bare);
  assert.equal(drawing.fromFile, false);
  assertSound(drawing);
  assert.deepEqual(await first(bare), drawing, "the same file gives the same picture");
  const part = drawing.shapes.find(({ id }) => id === "part")!;
  for (const id of ["ps", "pt", "pe"]) assert.ok(inside(drawing.shapes.find((one) => one.id === id)!.box, part.box), id);
});

test("M-A18: whatever is joined to whatever, the picture is sound", async () => {
  let seed = 7;
  const dice = (sides: number) => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return Math.floor((seed / 2147483648) * sides);
  };
  for (let round = 0; round < 40; round++) {
    const count = 2 + dice(30);
    const kinds = ["userTask", "exclusiveGateway", "endEvent", "intermediateThrowEvent", "parallelGateway"];
    const nodes = Array.from(
      { length: count },
      (_, at) => `<${kinds[dice(kinds.length)]} id="n${at}" name="Step number ${at}"/>`,
    );
    const links = Array.from({ length: count + dice(count) }, () => `n${dice(count)} n${dice(count)}`);
    const lanes = `<laneSet id="set">${[0, 1, 2].map((lane) => `<lane id="lane${lane}" name="Lane ${lane}">${nodes.flatMap((_, at) => (at % 3 === lane ? [`<flowNodeRef>n${at}</flowNodeRef>`] : [])).join("")}</lane>`).join("")}</laneSet>`;
    const drawing = await first(file(`${round % 2 === 0 ? lanes : ""}${nodes.join("")}${flows(links.join(", "))}`));
    assertSound(drawing);
    assert.equal(drawing.edges.length, links.length);
    for (const { box, parent } of drawing.shapes) {
      const lane = drawing.shapes.find(({ id, look }) => id === parent && look.figure === "lane");
      if (lane) assert.ok(inside(box, lane.box), "a step stands in its lane");
    }
    assert.doesNotMatch(draw(drawing), /NaN|undefined|Infinity/);
  }
});

test("a process of thousands of steps with ways from everywhere to everywhere is laid out as well", async () => {
  const count = 3000;
  const nodes = Array.from({ length: count }, (_, at) => `<task id="n${at}"/>`).join("");
  const onward = Array.from({ length: count - 1 }, (_, at) => `n${Math.max(0, at - (at % 5))} n${at + 1}`);
  const across = Array.from({ length: 600 }, (_, at) => `n${(at * 997) % count} n${(at * 1511 + 3) % count}`);
  const drawing = await first(file(nodes + flows([...onward, ...across].join(", "))));
  assert.equal(drawing.shapes.length, count);
  assert.equal(drawing.edges.length, onward.length + across.length);
  assert.equal(outlineOf(drawing).length, count);
});

test("names are broken to fit, and nothing of a file becomes markup, style or script", async () => {
  const evil = `&lt;script&gt;alert(1)&lt;/script&gt;" onload="x`.replaceAll('"', "&quot;");
  const html = draw(await first(file(`<startEvent id="s"/><userTask id="a" name="${evil}"/>${flows("s a")}`)));
  assert.doesNotMatch(html, /<script|<[^>]*\s(?:style|onload)=/);
  const { lines, size } = wrap("Административно-территориальная принадлежность заявителя", { width: 90, height: 74 });
  assert.ok(lines.length > 1);
  for (const line of lines) assert.ok(widthOf(line, size) <= 92, line);
  assert.ok(
    wrap("A name that is far too long for the little room there is ".repeat(5), { width: 90, height: 40 })
      .lines.at(-1)!
      .endsWith("…"),
  );
});

test("every kind of step, event and gateway has a look of its own and a word in every language", async () => {
  const tasks = ["task", "userTask", "manualTask", "serviceTask", "businessRuleTask", "sendTask", "receiveTask", "scriptTask"];
  const gateways = ["exclusiveGateway", "parallelGateway", "inclusiveGateway", "complexGateway", "eventBasedGateway"];
  const triggers = [
    "message",
    "timer",
    "error",
    "escalation",
    "cancel",
    "compensate",
    "conditional",
    "link",
    "signal",
    "terminate",
  ];
  const events = triggers.map((trigger) => `endEvent ${trigger}EventDefinition`);
  const looks = new Map<string, string>();
  for (const each of [...tasks, ...gateways, ...events]) {
    const [tag, inner] = each.split(" ");
    const drawing = await first(file(`<${tag} id="it">${inner ? `<${inner}/>` : ""}</${tag}>`));
    const look = draw(drawing).replace(/<title.*?<\/title>/g, "");
    assert.ok(!looks.has(look), `${each} looks like ${looks.get(look)}`);
    looks.set(look, each);
    const shape = drawing.shapes[0]!;
    for (const language of languages) {
      const key = `process.drawing.kinds.${kindOf(shape)}`;
      assert.notEqual(texts.translate(language, key), key, `${key} in ${language}`);
      if (shape.look.figure === "event")
        assert.ok(texts.has(`process.drawing.triggers.${shape.look.trigger}`), shape.look.trigger);
    }
  }
});

const PERMIT = file(
  `<startEvent id="start"/><userTask id="review" kerege:role="clerk"/><exclusiveGateway id="choice" default="f3"/>
   <endEvent id="granted"/><endEvent id="refused"/>${flows("start review, review choice, choice refused, choice granted: agreed")}`,
);

test("M-A18: the path of a case is marked: passed and here, the ways it took, and nothing it did not", async () => {
  const model = modelOf(PERMIT, { openNames: true });
  const begun = step(model, undefined, { command: { kind: "start", variables: { agreed: true }, by: "system" }, at: 0 });
  const half = pathOf(begun.events, begun.state);
  assert.deepEqual([half.nodes.get("start")?.state, half.nodes.get("review")?.state], ["passed", "now"]);
  const token = begun.state.tokens[0]!.id;
  const done = step(model, begun.state, { command: { kind: "complete", token, by: "official:b/p/o" }, at: 1 });
  const whole = pathOf([...begun.events, ...done.events], done.state);
  assert.deepEqual([...whole.nodes].map(([node, { state }]) => `${node} ${state}`).sort(), [
    "choice passed",
    "granted passed",
    "review passed",
    "start passed",
  ]);
  assert.deepEqual([...whole.flows.keys()].sort(), ["f1", "f2", "f4"]);
  const html = draw(await first(PERMIT), whole);
  assert.equal(html.match(/class="edge passed"/g)?.length, 3);
  assert.ok(html.includes(t("process.drawing.states.passed")), "the legend says what the sign means");
});

test("every state has a sign of its own, so that none is known by its colour alone", async () => {
  const drawing = await first(file(`<userTask id="it"/>`));
  const states = ["passed", "now", "failed", "skipped", "stopped", "added", "removed", "changed"] as const;
  const signs = states.map(
    (state) => /<path class="sign"[^>]* d="([^"]+)"/.exec(draw(drawing, { nodes: new Map([["it", { state }]]) }))?.[1],
  );
  assert.equal(new Set(signs).size, states.length);
});

test("the outline tells every step once, in the order a case goes, with where it leads", async () => {
  const steps = outlineOf(await first(PERMIT));
  assert.deepEqual(
    steps.map(({ id }) => id),
    ["start", "review", "choice", "refused", "granted"],
  );
  assert.deepEqual(
    steps[2]!.next.map(({ id }) => id),
    ["refused", "granted"],
  );
  for (const name of stockProcesses) {
    for (const drawing of await readDrawings(readStock(name))) {
      const told = outlineOf(drawing).map(({ id }) => id);
      assert.deepEqual(
        told.toSorted(),
        drawing.shapes
          .filter(isNode)
          .map(({ id }) => id)
          .toSorted(),
      );
    }
  }
});

test("M-A18: two editions are told apart by steps, ways and what they say, and marked on both drawings", () => {
  const newer = PERMIT.replace('id="review" kerege:role="clerk"', 'id="review" name="Look" kerege:role="head"')
    .replace(
      '<endEvent id="granted"/>',
      '<userTask id="second" kerege:role="clerk"/><endEvent id="granted"/><sequenceFlow id="f9" sourceRef="second" targetRef="granted"/>',
    )
    .replace('sourceRef="choice" targetRef="granted"', 'sourceRef="choice" targetRef="second"');
  const [before, after] = [modelOf(PERMIT, { openNames: true }), modelOf(newer, { openNames: true })];
  assert.deepEqual(differencesOf(before, before), []);
  const found = differencesOf(before, after).map(({ id, kind, aspects }) => `${id} ${kind} ${aspects.join("+")}`.trim());
  assert.deepEqual(found.toSorted(), ["f4 changed way", "f9 added", "review changed name+work", "second added"]);
  const { nodes } = marksOf(differencesOf(before, after), "before");
  assert.deepEqual(
    [...nodes].map(([id, { state }]) => `${id} ${state}`),
    ["review changed"],
  );
});

test("the style of diagrams uses only colours of the page, so that the dark and the high-contrast page need no rules of their own", () => {
  const css = readFileSync(new URL("../drawing/drawing.css", import.meta.url), "utf8");
  assert.doesNotMatch(css, /#[0-9a-f]{3,8}\b|rgb\(/i);
});

test("a step is known by its kind where the drawing gives it no name", () => {
  const shape = { look: { figure: "gateway", gateway: "event-all", marked: false } } as Shape;
  assert.equal(kindOf(shape), "gateway-event-all");
});

const miwg = process.env.KEREGE_MIWG;
test("the reference models of the BPMN Model Interchange Working Group are drawn whole, with their places and without", {
  skip: miwg === undefined && "KEREGE_MIWG names no folder with reference models",
}, async () => {
  const models = readdirSync(miwg!).filter((name) => name.endsWith(".bpmn"));
  assert.ok(models.length > 0);
  for (const model of models) {
    const xml = readFileSync(path.join(miwg!, model), "utf8");
    const placed = new Set(
      [...xml.matchAll(/BPMNShape\s[^>]*bpmnElement="([^"]+)"/g)].map(([, id = ""]) => id.replace(/^.*:/, "")),
    );
    const drawings = await readDrawings(xml);
    const drawn = new Set(drawings.flatMap(({ shapes }) => shapes.map(({ id }) => id)));
    for (const id of placed) assert.ok(drawn.has(id), `${model}: ${id}`);
    const bare = await readDrawings(xml.replace(/<(\w+:)?BPMNDiagram[\s\S]*<\/(\w+:)?BPMNDiagram>/, ""));
    for (const drawing of [...drawings, ...bare]) assert.doesNotMatch(draw(drawing), /NaN|undefined|Infinity/, model);
    for (const drawing of bare) assertSound(drawing);
  }
});
