/**
 * Policies along a path (RFC 5280, 6.1): which ones every certificate asserts, and whether somebody asked for there to be one. Mappings
 * are not followed, so a mapped policy is lost rather than believed.
 */
import { type Certificate, OID } from "../certificate.ts";
import { contentOf, DerFault, TAG } from "../der.ts";
import { ANY_POLICY, explicitPolicyOf, extensionOf, policiesOf } from "./extension.ts";

export type PolicyState = {
  valid: "any" | ReadonlySet<string>;
  /** Certificates that may still come before a policy must hold. */
  explicit: number;
  /** Certificates that may still come before anyPolicy means nothing. */
  any: number;
};

/** `length` counts the root: it takes part as authorities do. */
export const startPolicies = (length: number): PolicyState => ({ valid: "any", explicit: length + 1, any: length + 1 });

export function policyFault(
  state: PolicyState,
  certificate: Certificate,
  { isLast, isSelfIssued, isRoot }: { isLast: boolean; isSelfIssued: boolean; isRoot: boolean },
): boolean {
  // The root is the anchor: what it says of policies binds those below it, but it need not assert any (6.1.1, d).
  if (!isRoot) state.valid = narrowed(state, policiesOf(certificate), isSelfIssued && !isLast);
  const isEmpty = state.valid !== "any" && state.valid.size === 0;
  if (state.explicit === 0 && isEmpty) return true;
  if (!isSelfIssued) {
    state.explicit = Math.max(0, state.explicit - 1);
    state.any = Math.max(0, state.any - 1);
  }
  const asked = explicitPolicyOf(certificate);
  if (asked !== undefined && (!isLast || asked === 0)) state.explicit = Math.min(state.explicit, asked);
  const inhibited = inhibitOf(certificate);
  if (inhibited !== undefined && !isLast) state.any = Math.min(state.any, inhibited);
  return isLast && state.explicit === 0 && isEmpty;
}

function narrowed(state: PolicyState, named: readonly string[] | undefined, mayStayAny: boolean): PolicyState["valid"] {
  if (!named) return new Set();
  const before = state.valid;
  if (named.includes(ANY_POLICY) && (state.any > 0 || mayStayAny)) return before;
  const own = named.filter((one) => one !== ANY_POLICY);
  return new Set(before === "any" ? own : own.filter((one) => before.has(one)));
}

function inhibitOf(certificate: Certificate): number | undefined {
  const value = extensionOf(certificate, OID.inhibitAnyPolicy);
  if (!value) return undefined;
  const content = contentOf(value, TAG.integer);
  if (content.length !== 1 || content[0]! > 0x7f) throw new DerFault("inhibit any policy");
  return content[0];
}
