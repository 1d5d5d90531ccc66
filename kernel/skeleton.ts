/** What a Cyrillic letter sounds like in plain Latin; soft and hard signs are treated where they stand. */
const cyrillic: Record<string, string> = {
  а: "a", ә: "a", б: "b", в: "v", г: "g", ғ: "g", ґ: "g", д: "d", е: "e", ё: "e", є: "e", э: "e", ж: "j", җ: "j", з: "z",
  и: "i", й: "i", і: "i", ї: "i", ы: "i", к: "k", қ: "k", л: "l", м: "m", н: "n", ң: "n", о: "o", ө: "o", п: "p", р: "r",
  с: "s", т: "t", у: "u", ү: "u", ұ: "u", ў: "u", ф: "f", х: "h", һ: "h", ҳ: "h", ц: "c", ч: "c", ҷ: "j", ш: "sh", щ: "sh", я: "ia",
}; // biome-ignore format: a table is read in rows

/** Latin letters whose mark changes the sound; all other marks are dropped. */
const latin: Record<string, string> = {
  ş: "sh",
  š: "sh",
  ç: "c",
  č: "c",
  ž: "j",
  ı: "i",
  ñ: "n",
  ŋ: "n",
  ə: "a",
  q: "k",
  w: "v",
  x: "ks",
};

const consonant = /[bcdfghjklmnprstvz]/;
const vowel = /[аәеёиіоөуүұыэюя]/;
/** Spellings of one sound by two or more Latin letters; the longest first. */
const sounds = /shch|dzh|dj|zh|kh|gh|ch|ts|ng/g;
const soundOf: Record<string, string> = { shch: "sh", dzh: "j", dj: "j", zh: "j", kh: "h", gh: "g", ch: "c", ts: "c", ng: "n" };

/**
 * One plain form for a name or word however it is written: Kyrgyz, Russian or Kazakh Cyrillic, or Latin; capital or small; with
 * or without ң ө ү, a soft sign or a doubled letter. `Жалал-Абад`, `Джалал-Абад` and `Jalal-Abad` all give `jalal abad`.
 * Only the letters a to z, digits and single spaces come out; what is in no alphabet of the house is a space. Two words with the
 * same skeleton are probably the same name, never surely: it is for finding, not for telling people apart.
 */
export function skeleton(text: string): string {
  const letters = spell(text.normalize("NFC").toLowerCase());
  return collapse(letters)
    .replace(sounds, (sound) => soundOf[sound]!)
    .replace(/yo/g, "e")
    .replace(/([bcdfghjklmnprstvz])yu/g, "$1u")
    .replace(/y/g, "i")
    .replace(/(^|[ aeou])ie/g, "$1e")
    .replace(/([a-z])\1+/g, "$1")
    .trim();
}

function spell(text: string): string {
  let out = "";
  for (let at = 0; at < text.length; at++) {
    const letter = text[at]!;
    const code = text.charCodeAt(at);
    if ((code >= 97 && code <= 122 && letter !== "q" && letter !== "w" && letter !== "x") || (code >= 48 && code <= 57))
      out += letter;
    else if (letter in cyrillic) out += cyrillic[letter];
    // Тюп and Түп, Кажы-Сай and Каджи-Сай: after a consonant the letter ю only softens it.
    else if (letter === "ю") out += consonant.test(out.at(-1) ?? " ") ? "u" : "iu";
    // Васильев is Vasilyev, Сагынбай has no sign to hear.
    else if (letter === "ь" || letter === "ъ") out += vowel.test(text[at + 1] ?? " ") ? "i" : "";
    else if (letter in latin) out += latin[letter];
    else if (!/['’‘ʻʼ`´]/.test(letter)) out += plain(letter);
  }
  return out;
}

function plain(letter: string): string {
  const bare = letter.normalize("NFD").replace(/\p{M}/gu, "");
  return /^[a-z0-9]+$/.test(bare) ? bare : " ";
}

function collapse(text: string): string {
  return text.replace(/([a-z ])\1+/g, "$1");
}
