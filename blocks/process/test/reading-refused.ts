import type { Bindings } from "../reading/read.ts";
import { LARGEST_FILE } from "../reading/xml.ts";
import { around, END, file, flows, gate, on, START, task, timer } from "./reading-files.ts";

export interface Refused {
  readonly title: string;
  readonly xml: string;
  readonly expected: readonly string[];
  readonly bindings?: Partial<Bindings>;
}

const entities = `<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>`;

/** Files with one fault each: `line code element`. */
export const REFUSED: readonly Refused[] = [
  // What is no file of a process.
  {
    title: "entities that would grow",
    xml: file(task("t")).replace("<definitions", `${entities}<definitions`),
    expected: ["2 doctype definitions"],
  },
  {
    title: "an entity nobody declared",
    xml: around(`<userTask id="t" name="&secret;" kerege:role="r"/>`),
    expected: ["4 entity definitions"],
  },
  {
    title: "a control character by its number",
    xml: around(`<userTask id="t" name="&#7;" kerege:role="r"/>`),
    expected: ["4 entity definitions"],
  },
  { title: "a tag that is not closed", xml: file(`<userTask id="t">`), expected: ["5 not-xml definitions"] },
  {
    title: "two values of one attribute",
    xml: around(`<userTask id="t" id="u" kerege:role="r"/>`),
    expected: ["4 not-xml definitions"],
  },
  { title: "a prefix nobody declared", xml: around(`<camunda:task id="t"/>`), expected: ["4 not-xml definitions"] },
  {
    title: "another encoding",
    xml: file(`<userTask id="t" name="Карау"/>`).replace("UTF-8", "windows-1251"),
    expected: ["1 not-xml definitions"],
  },
  { title: "another language of XML", xml: `<html xmlns="http://www.w3.org/1999/xhtml"/>`, expected: ["1 not-bpmn definitions"] },
  { title: "nothing", xml: "", expected: ["1 not-xml definitions"] },
  { title: "two million bytes", xml: file(`<!--${" ".repeat(LARGEST_FILE)}-->`), expected: ["1 too-large definitions"] },
  {
    title: "10,000 elements and one",
    xml: file(`${START}${`<task id="x"/>\n`.replace(`id="x"`, "").repeat(10_000)}`),
    expected: ["10001 too-many-elements definitions"],
  },
  {
    title: "elements within elements within elements",
    xml: file("<subProcess>".repeat(300)),
    expected: ["4 too-deep definitions"],
  },
  { title: "an id given twice", xml: around(`${task("t")}\n${task("t")}`), expected: ["5 id-twice definitions"] },
  // What is not carried out, and what is not there.
  {
    title: "a process that is only drawn",
    xml: around(task("t")).replace(`isExecutable="true"`, `isExecutable="false"`),
    expected: ["3 not-executable p"],
  },
  { title: "a file without a process", xml: file("").replace(/<process.*<\/process>/s, ""), expected: ["2 no-process file"] },
  {
    title: "a choreography",
    xml: file(
      `${START}${task("t")}${END}${flows("s t, t e")}`,
      `<choreography id="ch"><choreographyTask id="ct"/></choreography>`,
    ),
    expected: ["6 not-executed ch", "6 not-executed ct"],
  },
  {
    title: "an element the standard does not have",
    xml: around(`${task("t")}<userTusk id="tu"/>`),
    expected: ["4 unknown-part <userTusk>"],
  },
  {
    title: "an attribute of ours that there is not",
    xml: around(`<userTask id="t" kerege:role="r" kerege:rolle="r"/>`),
    expected: ["4 unknown-part t"],
  },
  {
    title: "an element of ours that there is not",
    xml: around(
      `<userTask id="t" kerege:role="r"><extensionElements><kerege:inpt to="a" from="1"/></extensionElements></userTask>`,
    ),
    expected: ["4 unknown-part <kerege:inpt>"],
  },
  {
    title: "a flow to nothing",
    xml: around(`${task("t")}<sequenceFlow id="lost" sourceRef="t" targetRef="nowhere"/>`),
    expected: ["4 unknown-reference lost"],
  },
  {
    title: "an event on nothing",
    xml: around(
      `<boundaryEvent id="b" attachedToRef="x"><timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition></boundaryEvent>`,
      `${task("t")}<sequenceFlow id="bf" sourceRef="b" targetRef="e"/>`,
    ),
    expected: ["4 unknown-reference b"],
  },
  {
    title: "an event on a gateway",
    xml: around(
      `<boundaryEvent id="b" attachedToRef="g"><timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition></boundaryEvent>`,
      `${task("t")}${gate("exclusive", "g")}<sequenceFlow id="bf" sourceRef="b" targetRef="g"/><sequenceFlow id="bg" sourceRef="g" targetRef="e"/>`,
    ),
    expected: ["4 stands-on-nothing b"],
  },
  // Who, what, by whom.
  { title: "a step of nobody", xml: around(`<userTask id="t" name="Look"/>`), expected: ["4 no-role Look (t)"] },
  {
    title: "a role nobody holds",
    xml: around(task("t")),
    expected: ["4 unknown-name t"],
    bindings: { roles: new Set(["clerk"]) },
  },
  { title: "a call of nothing", xml: around(`<serviceTask id="t"/>`), expected: ["4 unsaid t"] },
  {
    title: "a call nobody performs",
    xml: around(`<serviceTask id="t" kerege:call="a.b"/>`),
    expected: ["4 unknown-name t"],
    bindings: { calls: new Set(["c.d"]) },
  },
  {
    title: "too many tries",
    xml: around(`<serviceTask id="t" kerege:call="a.b" kerege:attempts="100"/>`),
    expected: ["4 number t"],
  },
  {
    title: "a decision that is not there",
    xml: around(`<businessRuleTask id="t" kerege:decision="fee" kerege:result="fee"/>`),
    expected: ["4 unknown-name t"],
  },
  { title: "a message without a name", xml: around(`<receiveTask id="t"/>`), expected: ["4 unsaid t"] },
  {
    title: "a doer of a step that is not there",
    xml: around(`<userTask id="t" kerege:role="r" kerege:notBy="u"/>`),
    expected: ["4 unknown-reference t"],
  },
  {
    title: "a variable with a name no expression can say",
    xml: around(`<scriptTask id="t" kerege:result="the fee"><script>1</script></scriptTask>`),
    expected: ["4 name-bad t"],
  },
  {
    title: "a shape there is not",
    xml: around(`<extensionElements><kerege:variable name="x" type="money"/></extensionElements>`, task("t")),
    expected: ["3 unknown-name p"],
  },
  // Expressions.
  {
    title: "a FEEL fault",
    xml: file(`${START}${gate("exclusive", "g", `default="f3"`)}${END}<endEvent id="e2"/>${flows("s g, g e: 1 +, g e2")}`),
    expected: ["5 feel f2"],
  },
  {
    title: "an injected script",
    xml: file(
      `${START}${gate("exclusive", "g", `default="f3"`)}${END}<endEvent id="e2"/>${flows("s g, g e: process.exit(1), g e2")}`,
    ),
    expected: ["5 feel f2"],
  },
  {
    title: "a script of another language",
    xml: around(`<scriptTask id="t" scriptFormat="javascript"><script>require("fs")</script></scriptTask>`),
    expected: ["4 not-feel t"],
  },
  {
    title: "a condition that is a number",
    xml: file(`${START}${gate("exclusive", "g", `default="f3"`)}${END}<endEvent id="e2"/>${flows("s g, g e: 1 + 1, g e2")}`),
    expected: ["5 not-a-condition f2"],
  },
  {
    title: "an endless expression",
    xml: around(`<scriptTask id="t"><script>count(for a in 1..9999, b in 1..9999 return a)</script></scriptTask>`),
    expected: ["4 endless t"],
  },
  // Times.
  { title: "a duration that is none", xml: timer("<timeDuration>PT5X</timeDuration>"), expected: ["4 timer-not-iso Late (b)"] },
  { title: "five days in words of nobody", xml: timer("<timeDuration>5 days</timeDuration>"), expected: ["4 feel Late (b)"] },
  {
    title: "29 February of a common year",
    xml: timer("<timeDate>2027-02-29T00:00:00Z</timeDate>"),
    expected: ["4 timer-not-iso Late (b)"],
  },
  { title: "a cycle of cron", xml: timer("<timeCycle>0 0 9 * * ?</timeCycle>"), expected: ["4 timer-not-iso Late (b)"] },
  {
    title: "an expression that gives no time",
    xml: timer("<timeDuration>1 + 1</timeDuration>"),
    expected: ["4 timer-not-iso Late (b)"],
  },
  { title: "a timer of nothing", xml: timer(""), expected: ["4 unsaid Late (b)"] },
  // Form.
  { title: "a terminating event on an edge", xml: on("<terminateEventDefinition/>"), expected: ["4 event-not-here Late (b)"] },
  {
    title: "an error that does not interrupt",
    xml: on("<errorEventDefinition/>", `cancelActivity="false"`),
    expected: ["4 error-interrupts Late (b)"],
  },
  { title: "cancelling what is no transaction", xml: on("<cancelEventDefinition/>"), expected: ["4 cancel-outside Late (b)"] },
  { title: "an event that waits for nothing", xml: on(""), expected: ["4 unsaid Late (b)"] },
  {
    title: "an event after which nothing happens",
    xml: around(
      `<boundaryEvent id="b" attachedToRef="t"><timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition></boundaryEvent>`,
      task("t"),
    ),
    expected: ["4 leads-nowhere b"],
  },
  {
    title: "compensation of nothing",
    xml: around(`<boundaryEvent id="b" attachedToRef="t"><compensateEventDefinition/></boundaryEvent>`, task("t")),
    expected: ["4 undoes-nothing b"],
  },
  {
    title: "a flow into the start",
    xml: file(`${START}${task("t")}${END}${flows("s t, t e, t s")}`),
    expected: ["4 nothing-in s"],
  },
  {
    title: "a flow out of the end",
    xml: file(`${START}${task("t")}${END}${flows("s t, t e, e t")}`),
    expected: ["4 nothing-out e"],
  },
  {
    title: "a flow out of a sub-process",
    xml: file(`${START}<subProcess id="t">${task("u")}</subProcess>${END}\n${flows("s t, t e, u e")}`),
    expected: ["7 flow-leaves f3"],
  },
  {
    title: "a condition where nobody asks",
    xml: file(`<startEvent id="s"/>${task("t")}${END}\n${flows("s t: true, t e")}`),
    expected: ["5 condition-here f1"],
  },
  {
    title: "a default flow of another",
    xml: file(`${START}\n${gate("exclusive", "g", `default="f1"`)}${END}${flows("s g, g e")}`),
    expected: ["5 default-elsewhere g"],
  },
  {
    title: "a choice between events that is none",
    xml: file(`${START}\n${gate("eventBased", "g")}${task("t")}${END}${flows("s g, g t, t e")}`),
    expected: ["5 choice-of-one g", "5 choice-without-wait t"],
  },
  {
    title: "a link to nowhere",
    xml: file(`${START}\n<intermediateThrowEvent id="l"><linkEventDefinition name="A"/></intermediateThrowEvent>${flows("s l")}`),
    expected: ["5 unknown-reference l"],
  },
  {
    title: "an end within an ad hoc sub-process",
    xml: around(`<adHocSubProcess id="t">\n${task("u")}<endEvent id="e2"/></adHocSubProcess>`),
    expected: ["5 ad-hoc-events e2"],
  },
  {
    title: "an event sub-process without an event",
    xml: around(
      `${task("t")}\n<subProcess id="sub" triggeredByEvent="true"><startEvent id="s2"/>${task("u")}<sequenceFlow id="g" sourceRef="s2" targetRef="u"/></subProcess>`,
    ),
    expected: ["5 event-sub-process-start sub"],
  },
  {
    title: "a process that turns in itself",
    xml: file(`${task("t")}${task("u")}${flows("t u, u t")}`),
    expected: ["3 no-start p"],
  },
  { title: "calls in a circle", xml: around(`<callActivity id="t" calledElement="p"/>`), expected: ["4 calls-itself t"] },
  {
    title: "a call of a process that is not there",
    xml: around(`<callActivity id="t" calledElement="q"/>`),
    expected: ["4 unknown-reference t"],
  },
  {
    title: "a call of a file that is no process",
    xml: around(`<callActivity id="t" calledElement="q"/>`),
    expected: ["4 calls-faulty t"],
    bindings: { called: () => "<a/>" },
  },
  {
    title: "a repetition of nothing",
    xml: around(`<userTask id="t" kerege:role="r"><multiInstanceLoopCharacteristics/></userTask>`),
    expected: ["4 unsaid t"],
  },
  // The graph.
  {
    title: "a step nobody comes to",
    xml: around(`${task("t")}\n${task("u")}<sequenceFlow id="ue" sourceRef="u" targetRef="e"/>`),
    expected: ["5 unreachable u"],
  },
  {
    title: "steps that turn without a wait",
    xml: file(
      `${START}<scriptTask id="t" kerege:result="n"><script>n + 1</script></scriptTask>${gate("exclusive", "g", `default="f3"`)}${END}${flows("s t, t g, g t, g e: n > 3")}`,
    ),
    expected: ["4 loop-without-wait t"],
  },
  {
    title: "a choice that may leave none",
    xml: file(`${START}\n${gate("exclusive", "g")}${END}<endEvent id="e2"/>${flows("s g, g e: n > 3, g e2: n <= 3")}`),
    expected: ["5 no-default g"],
    bindings: { variables: { n: "number" } },
  },
  {
    title: "a way that hides another",
    xml: file(`${START}\n${gate("exclusive", "g")}${END}<endEvent id="e2"/>\n${flows("s g, g e: n > 3, g e2")}`),
    expected: ["8 no-condition f3"],
    bindings: { variables: { n: "number" } },
  },
  {
    title: "one way joined as if all were taken",
    xml: file(
      `${START}${gate("exclusive", "g", `default="f3"`)}${task("a")}${task("b")}\n${gate("parallel", "j")}${END}${flows("s g, g a: n > 3, g b, a j, b j, j e")}`,
    ),
    expected: ["5 deadlock j"],
    bindings: { variables: { n: "number" } },
  },
  {
    title: "the same around a sound block",
    xml: file(
      `${START}${gate("exclusive", "g", `default="f3"`)}${gate("parallel", "p1")}${task("a")}${task("c")}${gate("parallel", "p2")}${task("b")}\n${gate("parallel", "j")}${END}${flows("s g, g p1: n > 3, g b, p1 a, p1 c, a p2, c p2, p2 j, b j, j e")}`,
    ),
    expected: ["5 deadlock j"],
    bindings: { variables: { n: "number" } },
  },
  {
    title: "all ways joined as if one were taken",
    xml: file(
      `${START}${gate("parallel", "g")}${task("a")}${task("b")}\n${gate("exclusive", "j")}${task("c")}${END}${flows("s g, g a, g b, a j, b j, j c, c e")}`,
    ),
    expected: ["5 double j"],
  },
];
