/** How often a second of one processor signs, lifts and checks; prints one line of JSON. The bench starts it (`bench/signing.ts`). */

import { signPades } from "../../pades.ts";
import { plainPdf } from "../../test/fixture.ts";
import { signAsic } from "../asic.ts";
import { liftCades, signCades } from "../cades.ts";
import { signJws } from "../jws.ts";
import { signPadesAt } from "../pades-sign.ts";
import { validate } from "../validate.ts";
import { signXml } from "../xades-sign.ts";
import { NOW, scene, wordAt } from "./scene.ts";

const stage = scene({ rootKind: "p256" });
const { signer, means } = stage;
const trusted = { ...stage.trusted, evidence: await wordAt(stage, NOW, signer.certificate) };
const content = Buffer.alloc(4096, "a");
const pdf = plainPdf();
const signing = { at: NOW, reason: "Issued", name: "Body", means };
const files = [{ name: "a.txt", content, mediaType: "text/plain" }];
const cms = signCades(content, signer, { at: NOW });
const checked = (file: Buffer | string) => {
  const bytes = Buffer.from(file);
  return () => {
    if (validate(bytes, { trusted, at: NOW, content }).indication !== "TOTAL-PASSED") throw new Error("not good");
  };
};

const acts: Record<string, () => unknown> = {
  "PAdES-B, one read of the file": () => signPades(pdf, signer, signing),
  "PAdES-B-T": () => signPadesAt(pdf, signer, { ...signing, level: "T" }),
  "PAdES-B-LT": () => signPadesAt(pdf, signer, { ...signing, level: "LT" }),
  "PAdES-B-LTA": () => signPadesAt(pdf, signer, { ...signing, level: "LTA" }),
  "CAdES-B": () => signCades(content, signer, { at: NOW }),
  "CAdES-B-T": () => liftCades(cms, { level: "T" }, means),
  "CAdES-B-LTA": () => liftCades(cms, { level: "LTA", content }, means),
  "ASiC-E with XAdES-B-LT": () => signAsic(files, signer, { at: NOW, level: "LT", means }),
  "XAdES-B-T": () => signXml(Buffer.from("<a><b>1</b></a>"), signer, { at: NOW, level: "T", means }),
  "detached JWS": () => signJws(content, signer, { at: NOW }),
  "check PAdES-B": checked(signPades(pdf, signer, signing)),
  "check PAdES-B-LTA": checked(await signPadesAt(pdf, signer, { ...signing, level: "LTA" })),
  "check CAdES-B-LTA": checked(await liftCades(cms, { level: "LTA", content }, means)),
  "check ASiC-E": checked(await signAsic(files, signer, { at: NOW, level: "LT", means })),
  "check a detached JWS": checked(await signJws(content, signer, { at: NOW })),
};

const figures: Record<string, number> = {};
for (const [name, act] of Object.entries(acts)) {
  for (let i = 0; i < 20; i++) await act();
  const before = process.cpuUsage();
  let done = 0;
  let spent = 0;
  while (spent < 1_000_000) {
    for (let i = 0; i < 10; i++) await act();
    done += 10;
    const { user, system } = process.cpuUsage(before);
    spent = user + system;
  }
  figures[name] = Math.round(done / (spent / 1_000_000));
}
process.stdout.write(`${JSON.stringify({ figures })}\n`);
