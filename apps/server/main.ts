import path from "node:path";
import { terminalLanguage } from "@kerege/kernel/embedded";
import { addLocales, createTexts } from "@kerege/kernel/locale";
import { createLog } from "@kerege/kernel/log";
import { Problem } from "@kerege/kernel/problem";
import type { SyntheticDoor } from "@kerege/synthetic";
import type { TrustDoor } from "@kerege/trust";
import { faultLines } from "./faults.ts";
import { openServer, openState, placeOf, readAll } from "./open.ts";
import { claimAddress, closeDoor, listen, live, readAddress, readyText, urlOf } from "./process.ts";
import { startWitnesses } from "./witnesses.ts";

const language = terminalLanguage();
const texts = createTexts();
addLocales(texts, "server", new URL("./locales/", import.meta.url));
const say = (key: string, values?: Record<string, string | number>) => texts.translate(language, key, values);
const log = createLog((line) => process.stderr.write(line));

await live(
  async (life) => {
    const { address, release } = await claimAddress(readAddress(process.env));
    const place = placeOf(process.env);
    const declared = readAll(place, { trusting: true });
    if (declared.faults.length > 0) {
      life.print(faultLines(declared, language));
      return life.stop(1);
    }
    const progress = (key: string, values?: Record<string, string | number>) =>
      life.print(`  ${key.startsWith("server.") ? say(key, values) : declared.texts.translate(language, key, values)}`);
    const env = { ...process.env, KEREGE_ADDRESS: process.env.KEREGE_ADDRESS || urlOf(address) };
    const state = await openState({ place, declared, env, log, progress }).catch((error: unknown) => {
      if (!(error instanceof Problem)) throw error;
      process.stderr.write(`\n${sentence(error)}\n`);
    });
    if (!state) return life.stop(1);
    life.atEnd(() => state.close());
    state.whenLost(() => {
      life.print(say("server.lost"));
      life.stop(1);
    });
    if (state.house.country.demo) {
      const door = (state.house.doors.trust as TrustDoor).log;
      const witnesses = await startWitnesses({ folder: path.join(place.dataFolder, "witnesses"), door, log });
      life.atEnd(() => witnesses.close());
    }
    const app = await openServer(state, log);
    await release();
    await listen(app, address);
    life.atEnd(() => closeDoor(app));
    const { country, doors } = state.house;
    const people = country.demo ? await (doors.synthetic as SyntheticDoor).demoPeople(8) : [];
    life.print(
      readyText({
        title: say("server.state.ready", { country: country.portalName[language] }),
        address: urlOf(address),
        peopleTitle: say("server.people"),
        people: people.map((person) => ({ name: person.name, about: person.about[language] })),
        stop: say("server.stop", { folder: path.relative(process.cwd(), place.dataFolder) || place.dataFolder }),
      }),
    );

    function sentence(problem: Problem): string {
      const [block, ...rest] = problem.code.split(".");
      const key = `${block}.problems.${rest.join(".")}`;
      const translate = (part: string) => declared.texts.translate(language, `${key}.${part}`, problem.params);
      return `${translate("title")}. ${translate("detail")}`;
    }
  },
  { log, stopping: say("server.stopping") },
);
