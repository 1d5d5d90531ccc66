/** Base45 (RFC 9285): bytes as the characters a QR code stores most tightly. */

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
const VALUES = new Map([...ALPHABET].map((character, value) => [character, value]));

export function encodeBase45(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 2) {
    const pair = i + 1 < bytes.length;
    let value = pair ? bytes[i]! * 256 + bytes[i + 1]! : bytes[i]!;
    for (let digit = 0; digit < (pair ? 3 : 2); digit++) {
      text += ALPHABET[value % 45];
      value = Math.floor(value / 45);
    }
  }
  return text;
}

/** Undefined when the text is not Base45. Each byte string has one text and each text one byte string. */
export function decodeBase45(text: string): Buffer | undefined {
  if (text.length % 3 === 1) return undefined;
  const bytes: number[] = [];
  for (let i = 0; i < text.length; i += 3) {
    const digits = [...text.slice(i, i + 3)].map((character) => VALUES.get(character));
    if (digits.includes(undefined)) return undefined;
    const [low = 0, middle = 0, high] = digits;
    const value = low + middle * 45 + (high ?? 0) * 2025;
    if (high === undefined) {
      if (value > 0xff) return undefined;
      bytes.push(value);
    } else {
      if (value > 0xffff) return undefined;
      bytes.push(value >> 8, value & 0xff);
    }
  }
  return Buffer.from(bytes);
}
