/**
 * One reader against many spoilt inputs, in a process of its own: `fuzz.ts <reader> <inputs> <seed>`. Prints one line of JSON. The bench
 * starts it for each reader (`bench/fuzz.ts`); without a reader it prints their names.
 */

import { CborFault, decodeCbor } from "../../cbor.ts";
import { parseCertificate } from "../../certificate.ts";
import { readCose, signCose } from "../../cose.ts";
import { parseRevocationList } from "../../crl.ts";
import { DerFault } from "../../der.ts";
import { readOcsp } from "../../pki/ocsp-read.ts";
import { plainPdf, seeded } from "../../test/fixture.ts";
import { digestsOf, UnsupportedFault } from "../algorithm.ts";
import { readAsic, signAsic } from "../asic.ts";
import { liftCades, signCades } from "../cades.ts";
import { readCades } from "../cades-check.ts";
import { canonical } from "../canonical.ts";
import { signJws } from "../jws.ts";
import { readJws } from "../jws-check.ts";
import { readPades } from "../pades-check.ts";
import { signPadesAt } from "../pades-sign.ts";
import { checkToken, readToken } from "../token.ts";
import { validate } from "../validate.ts";
import { readSignedXml } from "../xades-check.ts";
import { signXml } from "../xades-sign.ts";
import { readXml, XmlFault } from "../xml.ts";
import { readZip, ZipFault } from "../zip.ts";
import { answerOf, listOf, NOW, scene, tokenOf } from "./scene.ts";

type Reader = {
  readonly samples: readonly Buffer[];
  read(bytes: Buffer): unknown;
  /** What it may throw; anything else is a fault of ours. */
  readonly faults: readonly (new (
    ...args: never[]
  ) => Error)[];
};

const CONTENT = Buffer.from("Өтүнмө\n".repeat(20));

async function readers(): Promise<Record<string, Reader>> {
  const { signer, signing, authority, root, tsa, responder, means, trusted } = scene();
  const cms = signCades(CONTENT, signer, { at: NOW, isDetached: false });
  const at = { at: NOW, means };
  const pdf = { ...at, reason: "Өтүнмө", name: "A" };
  const files = [{ name: "a.txt", content: CONTENT, mediaType: "text/plain" }];
  const answer = answerOf(responder, [signing.certificate, authority.certificate], { at: NOW });
  const list = listOf(authority, [{ serial: signing.certificate.serial, at: NOW }], NOW);
  const xml = await signXml(Buffer.from('<a xmlns="urn:a" xmlns:b="urn:b"><b:c d="1">x &amp; y</b:c></a>'), signer, {
    ...at,
    level: "LT",
  });
  const container = await signAsic(files, signer, { ...at, level: "LT" });
  const jws = [await signJws(CONTENT, signer, at), await signJws(CONTENT, signer, { ...at, level: "LT" })].map((one) =>
    Buffer.from(one),
  );
  const signedPdfs = [
    await signPadesAt(plainPdf(), signer, { ...pdf, level: "B" }),
    await signPadesAt(plainPdf(), signer, { ...pdf, level: "LTA" }),
  ];
  const cades = [cms, await liftCades(cms, { level: "LTA" }, means)];
  const der = [DerFault, UnsupportedFault];
  return {
    certificate: {
      samples: [root, authority, signing, tsa].map(({ certificate }) => certificate.der),
      read: parseCertificate,
      faults: [DerFault],
    },
    cms: { samples: cades, read: (bytes) => readCades(bytes), faults: der },
    "revocation list": { samples: [list], read: (bytes) => parseRevocationList(bytes, { partial: true }), faults: [DerFault] },
    "OCSP answer": { samples: [answer], read: readOcsp, faults: [DerFault] },
    "time stamp": {
      samples: [tokenOf(tsa, digestsOf(CONTENT)("sha256"), NOW)],
      read: (bytes) => checkToken(readToken(bytes), digestsOf(CONTENT)),
      faults: der,
    },
    xml: { samples: [xml], read: (bytes) => canonical(readXml(bytes), { isExclusive: true }), faults: [XmlFault] },
    "signed xml": { samples: [xml], read: (bytes) => readSignedXml(bytes, new Map()), faults: [] },
    zip: { samples: [container], read: readZip, faults: [ZipFault] },
    "asic-e": { samples: [container], read: readAsic, faults: [] },
    cbor: { samples: cborSamples(signer), read: (bytes) => decodeCbor(bytes), faults: [CborFault] },
    cose: { samples: cborSamples(signer).slice(1), read: readCose, faults: [] },
    pdf: { samples: signedPdfs, read: readPades, faults: [] },
    jws: { samples: jws, read: (bytes) => readJws(bytes, { content: CONTENT }), faults: [] },
    "any file": {
      samples: [...cades, xml, container, ...jws, ...signedPdfs],
      read: (bytes) => validate(bytes, { trusted, at: NOW, content: CONTENT }),
      faults: [],
    },
  };
}

const cborSamples = (signer: Parameters<typeof signCose>[0]): Buffer[] => [
  Buffer.from("a3613101616283010203616361 78".replace(" ", ""), "hex"),
  signCose(signer, { "1": "Айгүл", a: [1, 2, { b: true }], c: Buffer.from([1, 2, 3]) }, NOW),
];

// Spoiling ----------------------------------------------------------------------------------------------------------

const EDGES = [0x00, 0x01, 0x20, 0x30, 0x7f, 0x80, 0x81, 0x82, 0x84, 0xa0, 0xbf, 0xff];
const PIECES = [
  "<!--",
  "-->",
  "<![CDATA[",
  "]]>",
  "&#0;",
  "<!DOCTYPE",
  'xmlns=""',
  "../",
  "PK\x01\x02",
  "endobj",
  "<<",
  ">>",
  " 0 R",
  "/Prev 0",
  "__proto__",
  '""',
  "{{",
  "\u202e",
  "%00",
  "0000000000",
];

function spoil(sample: Buffer, random: () => number, all: readonly Buffer[]): Buffer {
  let made: Buffer = Buffer.from(sample);
  const below = (end: number): number => Math.floor(random() * Math.max(1, end));
  for (let rounds = 1 + below(4); rounds > 0; rounds--) {
    const at = below(made.length);
    const length = 1 + below(random() < 0.8 ? 16 : made.length / 2);
    const kind = below(9);
    if (kind <= 1) made[at] = (made[at] ?? 0) ^ (1 << below(8));
    else if (kind === 2) made[at] = EDGES[below(EDGES.length)]!;
    else if (kind === 3) made = Buffer.concat([made.subarray(0, at), made.subarray(at + length)]);
    else if (kind === 4) made = Buffer.concat([made.subarray(0, at + length), made.subarray(at)]);
    else if (kind === 5)
      made = Buffer.concat([made.subarray(0, at), Buffer.from(PIECES[below(PIECES.length)]!, "utf8"), made.subarray(at)]);
    else if (kind === 6) made = made.subarray(0, at);
    else if (kind === 7) {
      const other = all[below(all.length)]!;
      const from = below(other.length);
      made = Buffer.concat([made.subarray(0, at), other.subarray(from, from + length), made.subarray(at + length)]);
    } else for (let i = at; i < Math.min(made.length, at + length); i++) made[i] = below(256);
    if (made.length === 0) made = Buffer.from([below(256)]);
  }
  return made;
}

function drive({ samples, read, faults }: Reader, { inputs, seed }: { inputs: number; seed: number }) {
  const random = seeded(seed);
  const strange = new Map<string, string>();
  let [accepted, slowest, most] = [0, 0, 0];
  for (let i = 0; i < inputs; i++) {
    const input = spoil(samples[i % samples.length]!, random, samples);
    const before = process.cpuUsage();
    try {
      read(input);
      accepted += 1;
    } catch (fault) {
      if (!faults.some((kind) => fault instanceof kind)) {
        const text = fault instanceof Error ? `${fault.name}: ${fault.message.slice(0, 80)}` : String(fault);
        if (strange.size < 5) strange.set(text, input.subarray(0, 4000).toString("base64"));
      }
    }
    // Of the processor, so that a busy machine does not make an input look slow.
    const { user, system } = process.cpuUsage(before);
    slowest = Math.max(slowest, (user + system) / 1000);
    if (i % 512 === 0) most = Math.max(most, process.memoryUsage().rss);
  }
  return {
    inputs,
    accepted,
    slowestMs: Math.round(slowest * 10) / 10,
    memoryMb: Math.round(most / 1024 / 1024),
    strange: [...strange],
  };
}

const [name, inputs = "1000", seed = "1"] = process.argv.slice(2);
const all = await readers();
if (name === undefined) process.stdout.write(`${JSON.stringify(Object.keys(all))}\n`);
else
  process.stdout.write(
    `${JSON.stringify({ reader: name, ...drive(all[name]!, { inputs: Number(inputs), seed: Number(seed) }) })}\n`,
  );
