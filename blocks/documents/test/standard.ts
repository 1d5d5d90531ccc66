/** What the tests of this block stand on: a country, a pack with two documents, people that nobody is. */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Actor } from "@kerege/kernel/actor";
import type { Language } from "@kerege/kernel/locale";
import { openTestHouse } from "@kerege/kernel/testing";
import type { TrustDoor } from "@kerege/trust";
import trust from "@kerege/trust/block";
import documents from "../block.ts";
import type { DocumentsDoor, IssueRequest } from "../documents.ts";

export const installation = fileURLToPath(new URL("./installation/", import.meta.url));
export const START = "2026-11-05T09:30:00Z";

export const aigul: Actor = { kind: "person", pin: "21205199001234" };
export const bermet: Actor = { kind: "person", pin: "10101198505678" };
export const portal: Actor = { kind: "system", body: "portal", name: "services" };

export const facts = {
  surname: "Үсөнбаева",
  given_name: "Гүлжаң",
  patronymic: "Өмүрбековна",
  pin: "21205199001234",
  born_on: "1990-05-12",
  address: "Нарын облусу, Ат-Башы району, Ача-Кайыңды айылы, Кеңсай көчөсү, 12-үй, 3-батир",
  hobby: "ң ө ү ә ғ қ ұ һ і Ң Ө Ү Ә Ғ Қ Ұ Һ І “№ 5” — ₸",
};

export function card(parts: Partial<IssueRequest> & { language?: Language } = {}): IssueRequest {
  return { document: "club-card", language: "ru", subject: "21205199001234", case: "case-1", facts, ...parts };
}

export async function openStandard() {
  const house = await openTestHouse([trust, documents], { root: installation, country: "test", at: START });
  return { house, door: house.doors.documents as DocumentsDoor, trust: house.doors.trust as TrustDoor };
}

/** The Debian package to install when a program is not there. */
export function missing(...programs: [program: string, packageName: string][]): string | false {
  const absent = programs.filter(([program]) => {
    try {
      execFileSync("which", [program], { stdio: "ignore" });
      return false;
    } catch {
      return true;
    }
  });
  return (
    absent.length > 0 &&
    `needs ${absent.map(([program, packageName]) => `${program} (Debian package ${packageName})`).join(", ")}`
  );
}
