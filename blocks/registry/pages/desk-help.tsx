import type { Desk } from "../routes-desk-visit.ts";
import { DeskPage, KeyList } from "./frame.tsx";

const topics = [
  "find",
  "ground",
  "card",
  "event",
  "lookup",
  "conflict",
  "contests",
  "merge",
  "imports",
  "notices",
  "alarms",
  "keys",
] as const;
/** Where the work that a topic is about is done. */
const paths: Partial<Record<(typeof topics)[number], string>> = {
  find: "registers",
  contests: "contests",
  imports: "imports",
  notices: "notices",
  alarms: "alarms",
};

/** How an official works at a desk, in plain words, with the keys. */
export function DeskHelpPage({ desk }: { desk: Desk }) {
  const { t, language } = desk.visit;
  const shown = topics.filter(
    (topic) => (topic !== "imports" || desk.may("record")) && (topic !== "alarms" || desk.may("acknowledge")),
  );
  return (
    <DeskPage desk={desk} title={t("registry.desk.help.heading")} here="help">
      <h1>{t("registry.desk.help.heading")}</h1>
      <p class="lead">{t("registry.desk.help.lead")}</p>
      <div class="help">
        {shown.map((topic) => (
          <section id={topic}>
            <h2>{t(`registry.desk.help.${topic}.title`)}</h2>
            <p>{t(`registry.desk.help.${topic}.text`)}</p>
            {paths[topic] && (
              <p>
                <a href={`/${language}/desk/${paths[topic]}`}>{t(`registry.desk.${paths[topic]}.title`)}</a>
              </p>
            )}
            {topic === "keys" && (
              <div class="keys">
                <KeyList desk={desk} />
              </div>
            )}
          </section>
        ))}
      </div>
    </DeskPage>
  );
}
