/** Name constraints of RFC 5280, 4.2.1.10, for directory names, DNS names and mail addresses; any other form that is constrained is refused. */
import type { Certificate } from "../certificate.ts";
import { DerFault, oidText, partsOf, read, TAG } from "../der.ts";
import { alternativeNamesOf, type GeneralName, NAME_TAG, nameConstraintsOf } from "./extension.ts";
import { relativeNames } from "./subject.ts";

const MAIL = "1.2.840.113549.1.9.1";

/** Whether a name of the certificate is not one that the authorities above it may give. Throws DerFault for constraints that are not read. */
export function nameFault(certificate: Certificate, above: readonly Certificate[]): boolean {
  let names: readonly GeneralName[] | undefined;
  for (const authority of above) {
    const constraints = nameConstraintsOf(authority);
    if (!constraints) continue;
    names ??= namesOf(certificate);
    for (const name of names) {
      const alike = (one: GeneralName): boolean => one.tag === name.tag;
      const permitted = constraints.permitted.filter(alike);
      if (permitted.length > 0 && !permitted.some((base) => isBelow(name, base))) return true;
      if (constraints.excluded.filter(alike).some((base) => isBelow(name, base))) return true;
    }
  }
  return false;
}

function namesOf(certificate: Certificate): readonly GeneralName[] {
  const others = alternativeNamesOf(certificate);
  const { subject } = certificate;
  const relative = partsOf(read(subject), TAG.sequence);
  const directory = relative.length === 0 ? [] : [{ tag: NAME_TAG.directory, content: subject, bytes: subject }];
  // Mail addresses inside the subject are constrained as well (4.2.1.10).
  const mail = relative.flatMap((set) =>
    set.children.flatMap((one) => {
      const [type, value] = partsOf(one, TAG.sequence, 2);
      return oidText(type!) === MAIL ? [{ tag: NAME_TAG.email, content: value!.content, bytes: value!.bytes }] : [];
    }),
  );
  return [...directory, ...mail, ...others];
}

function isBelow(name: GeneralName, base: GeneralName): boolean {
  if (name.tag === NAME_TAG.directory) {
    const whole = relativeNames(name.content);
    return relativeNames(base.content).every((one, i) => whole[i]?.equals(one));
  }
  const text = name.content.toString("latin1").toLowerCase();
  const end = base.content.toString("latin1").toLowerCase();
  if (name.tag === NAME_TAG.dns) return end === "" || text === end || text.endsWith(end.startsWith(".") ? end : `.${end}`);
  if (name.tag === NAME_TAG.email) {
    if (end.includes("@")) return text === end;
    const host = text.slice(text.lastIndexOf("@") + 1);
    return end.startsWith(".") ? host.endsWith(end) : host === end;
  }
  throw new DerFault("constraint of a form that is not read");
}
