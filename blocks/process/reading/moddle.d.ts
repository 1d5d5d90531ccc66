// The packages come without types of their reader; this is the part we call.
declare module "bpmn-moddle" {
  export class BpmnModdle {
    constructor(packages?: Record<string, unknown>, options?: Record<string, unknown>);
    fromXML(xml: string, type?: string | Record<string, unknown>, options?: Record<string, unknown>): Promise<unknown>;
  }
}
