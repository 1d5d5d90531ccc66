import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { drawSymbol } from "../index.ts";

const missing = spawnSync("zbarimg", ["--version"]).error ? "zbarimg is not installed (Debian package zbar-tools)" : false;

/** A portable bitmap (PBM, binary), eight dots to a module. */
function picture(text: string): Buffer {
  const { side, bits } = drawSymbol(text);
  const [quiet, scale, width] = [4, 8, (side + 7) >> 3];
  const across = (side + 2 * quiet) * scale;
  const dark = (x: number, y: number) =>
    x >= 0 && y >= 0 && x < side && y < side && ((bits[y * width + (x >> 3)]! << (x & 7)) & 0x80) !== 0;
  const rows = Buffer.alloc((across / 8) * across);
  for (let y = 0; y < across; y++)
    for (let x = 0; x < across / 8; x++) if (dark(x - quiet, Math.floor(y / scale) - quiet)) rows[(across / 8) * y + x] = 0xff;
  return Buffer.concat([Buffer.from(`P4\n${across} ${across}\n`), rows]);
}

test("a text in bytes is read by an outside reader as it was written", { skip: missing }, () => {
  const folder = mkdtempSync(path.join(tmpdir(), "kerege-qr-"));
  try {
    for (const text of [
      "otpauth://totp/Kerege?secret=JBSWY3DPEHPK3PXP&issuer=Kerege",
      "a",
      `https://portal.example/?q=${"z".repeat(300)}`,
      "ALPHANUMERIC 123",
    ]) {
      writeFileSync(path.join(folder, "code.pbm"), picture(text));
      const said = spawnSync("zbarimg", ["--quiet", "--raw", path.join(folder, "code.pbm")], { encoding: "utf8" });
      assert.equal(said.stdout.trimEnd(), text);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("more bytes than the largest code holds are refused", () => {
  assert.ok(drawSymbol("z".repeat(2331)).side === 177);
  assert.throws(() => drawSymbol("z".repeat(2332)), RangeError);
});
