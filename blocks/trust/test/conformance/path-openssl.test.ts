import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { KEY_USAGE, OID } from "../../certificate.ts";
import { parseRevocationList } from "../../crl.ts";
import { DerFault } from "../../der.ts";
import { toPem } from "../../issue.ts";
import { ANY_POLICY } from "../../pki/extension.ts";
import { PATH_FAULTS, type PathVerdict, validatePath } from "../../pki/path.ts";
import { keyOfKind, type ListQuirks, type Made, make, makeList, type Quirks } from "../chain-maker.ts";
import { seeded, tempFolder } from "../fixture.ts";
import { missing, run } from "./program.ts";

const skip = missing("openssl");
const CHAINS = 198;
const DAY = 86_400_000;
const POLICY = "2.999.1.4";
const LIST = "http://lists.example/1.crl";

type Scene = { quirks: Quirks[]; lists: (ListQuirks | "absent")[]; explicit: boolean; depth: number };
type Twist = { name: string; apply(scene: Scene, random: () => number): void };

const leafOf = (scene: Scene): Quirks => scene.quirks[0]!;
const authority = (scene: Scene, random: () => number): Quirks => scene.quirks[1 + Math.floor(random() * scene.depth)]!;
const past = (days: number) => new Date(Date.now() - days * DAY);

/** Ways in which a chain may differ from the plainest one. Some keep it good, most break it; both programs say which. */
const TWISTS: Twist[] = [
  { name: "as it should be", apply() {} },
  { name: "leaf expired", apply: (scene) => void Object.assign(leafOf(scene), { notBefore: past(9), notAfter: past(1) }) },
  { name: "leaf not yet valid", apply: (scene) => void Object.assign(leafOf(scene), { notBefore: past(-1) }) },
  {
    name: "authority expired",
    apply: (scene, r) => void Object.assign(authority(scene, r), { notBefore: past(9), notAfter: past(1) }),
  },
  { name: "authority is none", apply: (scene, r) => void Object.assign(authority(scene, r), { basicConstraints: "absent" }) },
  {
    name: "constraints not critical",
    apply: (scene, r) => void Object.assign(authority(scene, r), { basicConstraints: "not-critical" }),
  },
  {
    name: "authority may not sign certificates",
    apply: (scene, r) => void Object.assign(authority(scene, r), { keyUsage: KEY_USAGE.crlSign }),
  },
  {
    name: "authority may not sign lists",
    apply: (scene, r) => void Object.assign(authority(scene, r), { keyUsage: KEY_USAGE.keyCertSign }),
  },
  { name: "authority without usage", apply: (scene, r) => void Object.assign(authority(scene, r), { keyUsage: "absent" }) },
  { name: "length of path", apply: (scene, r) => void Object.assign(authority(scene, r), { pathLength: Math.floor(r() * 3) }) },
  { name: "leaf for another use", apply: (scene) => void Object.assign(leafOf(scene), { keyUsage: 0x20 }) },
  { name: "leaf for another purpose", apply: (scene) => void Object.assign(leafOf(scene), { purposes: [OID.serverAuth] }) },
  { name: "leaf without purpose", apply: (scene) => void Object.assign(leafOf(scene), { purposes: [] }) },
  {
    name: "purpose above",
    apply: (scene, r) =>
      void Object.assign(authority(scene, r), { purposes: [r() < 0.5 ? OID.emailProtection : OID.serverAuth] }),
  },
  {
    name: "permitted name",
    apply: (scene, r) =>
      void Object.assign(authority(scene, r), {
        permitted: [
          ["country", "KG"],
          ["organization", r() < 0.5 ? "Test" : "Other"],
        ],
      }),
  },
  {
    name: "excluded name",
    apply: (scene, r) =>
      void Object.assign(authority(scene, r), {
        excluded: [
          ["country", "KG"],
          ["organization", r() < 0.5 ? "Test" : "Other"],
        ],
      }),
  },
  { name: "leaf of another organisation", apply: (scene) => void Object.assign(leafOf(scene), { organization: "Other" }) },
  {
    name: "permitted DNS name",
    apply: (scene, r) => {
      Object.assign(authority(scene, r), { permittedDns: "example.kg" });
      leafOf(scene).dns = ["a.example.kg", "example.kg", "badexample.kg", "other.kz"][Math.floor(r() * 4)]!;
    },
  },
  {
    name: "unknown critical extension",
    apply: (scene, r) => void Object.assign(r() < 0.5 ? leafOf(scene) : authority(scene, r), { unknownCritical: true }),
  },
  { name: "policy wanted", apply: (scene) => void Object.assign(scene, { explicit: true }) },
  {
    name: "policy wanted, another there",
    apply: (scene) => {
      scene.explicit = true;
      leafOf(scene).policies = ["2.999.1.9"];
    },
  },
  {
    name: "policy wanted, none there",
    apply: (scene) => {
      scene.explicit = true;
      leafOf(scene).policies = "absent";
    },
  },
  {
    name: "authority for some policies",
    apply: (scene, r) => {
      scene.explicit = r() < 0.7;
      authority(scene, r).policies = [r() < 0.5 ? POLICY : "2.999.1.9"];
    },
  },
  {
    name: "authority without policies",
    apply: (scene, r) => {
      scene.explicit = r() < 0.7;
      authority(scene, r).policies = "absent";
    },
  },
  {
    name: "policy required by an authority",
    apply: (scene, r) => {
      authority(scene, r).requireExplicit = Math.floor(r() * 3);
      if (r() < 0.6) leafOf(scene).policies = "absent";
    },
  },
  {
    name: "any policy inhibited",
    apply: (scene, r) => {
      scene.explicit = true;
      authority(scene, r).inhibitAny = Math.floor(r() * 2);
    },
  },
  {
    name: "signature spoilt",
    apply: (scene, r) => void Object.assign(r() < 0.5 ? leafOf(scene) : authority(scene, r), { spoiltSignature: true }),
  },
  { name: "leaf revoked", apply: (scene) => void scene.lists.splice(0, 1, { revoked: [], reason: "superseded" }) },
  {
    name: "list expired",
    apply: (scene, r) =>
      void scene.lists.splice(Math.floor(r() * scene.lists.length), 1, { thisUpdate: past(9), nextUpdate: past(1) }),
  },
  { name: "list missing", apply: (scene, r) => void scene.lists.splice(Math.floor(r() * scene.lists.length), 1, "absent") },
  {
    name: "list by another key",
    apply: (scene, r) => void scene.lists.splice(Math.floor(r() * scene.lists.length), 1, { key: keyOfKind("p256", 40) }),
  },
  {
    name: "partition of the leaf",
    apply: (scene) => {
      leafOf(scene).listAddress = LIST;
      scene.lists[0] = { partition: LIST };
    },
  },
  {
    name: "partition of others",
    apply: (scene) => {
      leafOf(scene).listAddress = LIST;
      scene.lists[0] = { partition: "http://lists.example/2.crl" };
    },
  },
];

function judged(verdict: () => PathVerdict): string {
  try {
    const said = verdict();
    return said.valid ? "good" : said.reason;
  } catch (fault) {
    if (fault instanceof DerFault) return "malformed";
    throw fault;
  }
}

type Case = { nr: number; twists: string; ours: string; leaf: string; explicit: boolean };

test("M-A5: our judgement of paths is that of openssl for hundreds of chains, good and broken in every way we know", {
  skip,
}, (t) => {
  const folder = tempFolder(t);
  const random = seeded(20261122);
  const now = new Date();
  const file = (name: string, text: string): string => {
    writeFileSync(path.join(folder, name), text);
    return path.join(folder, name);
  };
  // All chains have names of their own, so one run of openssl judges hundreds.
  const pems = { roots: "", authorities: "", lists: "" };
  const cases: Case[] = [];
  for (let nr = 0; nr < CHAINS; nr++) {
    const scene = sceneOf(nr, random);
    const { certificates, lists } = makeScene(scene, { nr, now, random });
    const ours = judged(() =>
      validatePath({
        leaf: certificates[0]!,
        companions: certificates.slice(1, -1),
        roots: [certificates.at(-1)!],
        at: now,
        purpose: "sign",
        ...(scene.explicit && { policies: [POLICY] }),
        status: { lists: lists.map((der) => parseRevocationList(der, { partial: true })), answers: [], oldest: 30 * DAY },
      }),
    );
    const [leaf, ...above] = certificates.map(({ der }) => toPem("CERTIFICATE", der));
    pems.roots += above.pop()!;
    pems.authorities += above.join("");
    pems.lists += lists.map((der) => toPem("X509 CRL", der)).join("");
    cases.push({ nr, twists: scene.twists.join(" and "), ours, leaf: file(`leaf-${nr}.pem`, leaf!), explicit: scene.explicit });
  }
  const common = ["-x509_strict", "-purpose", "smimesign", "-crl_check_all", "-CRLfile", file("lists.pem", pems.lists)];
  const trusted = ["-CAfile", file("roots.pem", pems.roots), "-untrusted", file("authorities.pem", pems.authorities)];
  let good = 0;
  for (const explicit of [true, false]) {
    const judging = cases.filter((one) => one.explicit === explicit);
    // anyPolicy is what the standard starts with; openssl starts with none.
    const wanted = explicit ? ["-policy", POLICY, "-explicit_policy"] : ["-policy", ANY_POLICY, "-policy_check"];
    const { said } = run("openssl", "verify", ...common, ...wanted, ...trusted, ...judging.map(({ leaf }) => leaf));
    const accepted = new Set(said.split("\n").flatMap((line) => /^(.*): OK$/.exec(line)?.[1] ?? []));
    for (const { nr, twists, ours, leaf } of judging) {
      const why = said.split("\n").filter((line, i, all) => line.includes(leaf) || all[i + 1]?.includes(leaf));
      assert.equal(ours === "good", accepted.has(leaf), `chain ${nr}, ${twists}: we say ${ours}, openssl ${why.join(" ")}`);
      if (ours === "good") good++;
    }
  }
  // A test in which everything is refused would compare nothing.
  assert.ok(good > CHAINS / 5 && good < CHAINS * 0.8, `${good} of ${CHAINS} good`);
  const seen = new Set(cases.map(({ ours }) => ours));
  for (const reason of PATH_FAULTS)
    if (reason !== "malformed") assert.ok(seen.has(reason), `${reason} was never seen: ${[...seen].join(", ")}`);
});

function sceneOf(nr: number, random: () => number): Scene & { twists: string[] } {
  const depth = 1 + Math.floor(random() * 3);
  // The root is the last; it is as it should be, since openssl looks at roots by other rules than the standard's.
  const scene: Scene = {
    depth,
    quirks: Array.from({ length: depth + 2 }, (_, at) => ({ authority: at > 0 })),
    lists: Array.from({ length: depth + 1 }, () => ({})),
    explicit: false,
  };
  const twists = [TWISTS[nr % TWISTS.length]!, ...(random() < 0.3 ? [TWISTS[Math.floor(random() * TWISTS.length)]!] : [])];
  for (const twist of twists) twist.apply(scene, random);
  return { ...scene, twists: twists.map(({ name }) => name) };
}

function makeScene(scene: Scene, { nr, now, random }: { nr: number; now: Date; random: () => number }) {
  const kinds = ["p256", "p256", "p384", "ed25519", "rsa"] as const;
  const made: Made[] = [];
  for (let at = scene.depth + 1; at >= 0; at--) {
    const key = keyOfKind(kinds[Math.floor(random() * kinds.length)]!, at);
    const [issuer] = made;
    made.unshift(make(`Chain ${nr}, place ${at}`, { key, quirks: scene.quirks[at]!, now, ...(issuer && { issuer }) }));
  }
  const lists = scene.lists.flatMap((quirks, at) => {
    if (quirks === "absent") return [];
    return [makeList(made[at + 1]!, { now, quirks: quirks.revoked ? { ...quirks, revoked: [made[at]!] } : quirks })];
  });
  return { certificates: made.map(({ certificate }) => certificate), lists };
}
