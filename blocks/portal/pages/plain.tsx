import { AppShell, type Visit } from "@kerege/kernel/page";

const questions = ["1", "2", "3", "4"];

/** Help and accessibility. */
export function Plain({ visit, kind }: { visit: Visit; kind: "help" | "accessibility" }) {
  const { t } = visit;
  return (
    <AppShell visit={visit} title={t(`portal.${kind}.title`)}>
      <h1>{t(`portal.${kind}.title`)}</h1>
      <p class="lead">{t(`portal.${kind}.lead`)}</p>
      {kind === "accessibility" ? (
        <p>{t("portal.accessibility.works")}</p>
      ) : (
        questions.map((number) => (
          <section>
            <h2>{t(`portal.help.q${number}`)}</h2>
            <p>{t(`portal.help.a${number}`)}</p>
          </section>
        ))
      )}
    </AppShell>
  );
}
