/** DMN files for tests, from their essence. */

export interface TableText {
  readonly hitPolicy?: string;
  readonly aggregation?: string;
  /** Expression, type, and unary tests all values meet. */
  readonly inputs: readonly { readonly text: string; readonly type?: string; readonly values?: string }[];
  readonly outputs: readonly {
    readonly name?: string;
    readonly type?: string;
    readonly values?: string;
    readonly otherwise?: string;
  }[];
  /** Cells, results, and the norm after them where there is one more. */
  readonly rules: readonly (readonly string[])[];
}

export interface FileText {
  readonly name?: string;
  /** Type by name of the input. */
  readonly inputs?: Readonly<Record<string, string>>;
  readonly types?: string;
  /** Elements written out. */
  readonly more?: string;
  /** Names of required inputs and decisions, then the logic. */
  readonly decisions: Readonly<
    Record<string, { readonly needs: readonly string[]; readonly logic: string; readonly type?: string }>
  >;
}

export function escapeXml(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");
}

const text = (tag: string, content: string | undefined): string =>
  content === undefined ? "" : `<${tag}><text>${escapeXml(content)}</text></${tag}>`;
const typed = (type: string | undefined): string => (type === undefined ? "" : ` typeRef="${type}"`);

export function tableXml(table: TableText): string {
  const inputs = table.inputs.map(
    (input) =>
      `<input label="${escapeXml(input.text)}"><inputExpression${typed(input.type)}><text>${escapeXml(input.text)}</text></inputExpression>${text("inputValues", input.values)}</input>`,
  );
  const outputs = table.outputs.map(
    (output) =>
      `<output${output.name === undefined ? "" : ` name="${output.name}"`}${typed(output.type)}>${text("outputValues", output.values)}${text("defaultOutputEntry", output.otherwise)}</output>`,
  );
  const count = table.inputs.length;
  const width = count + table.outputs.length;
  const rules = table.rules.map((cells, index) => {
    const entries = cells.slice(0, width).map((cell, at) => text(at < count ? "inputEntry" : "outputEntry", cell));
    return `<rule id="r${index + 1}">${entries.join("")}${cells
      .slice(width)
      .map((note) => text("annotationEntry", note))
      .join("")}</rule>\n`;
  });
  const aggregation = table.aggregation === undefined ? "" : ` aggregation="${table.aggregation}"`;
  return `<decisionTable hitPolicy="${table.hitPolicy ?? "UNIQUE"}"${aggregation}>${inputs.join("")}${outputs.join("")}<annotation name="norm"/>\n${rules.join("")}</decisionTable>`;
}

export function literalXml(expression: string): string {
  return text("literalExpression", expression);
}

export function fileXml(file: FileText): string {
  const inputs = Object.entries(file.inputs ?? {}).map(
    ([name, type]) => `<inputData id="i_${name}" name="${name}"><variable name="${name}" typeRef="${type}"/></inputData>`,
  );
  const decisions = Object.entries(file.decisions).map(([name, { needs, logic, type }]) => {
    const requirements = needs.map((need) => {
      const isInput = Object.hasOwn(file.inputs ?? {}, need);
      return `<informationRequirement>${isInput ? `<requiredInput href="#i_${need}"/>` : `<requiredDecision href="#d_${need}"/>`}</informationRequirement>`;
    });
    return `<decision id="d_${name}" name="${name}"><variable name="${name}"${typed(type)}/>${requirements.join("")}${logic}</decision>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" id="f" name="${file.name ?? "test"}" namespace="urn:test:${file.name ?? "test"}">
${file.types ?? ""}
${[...inputs, ...decisions].join("\n")}
${file.more ?? ""}
</definitions>`;
}
