import { SignInWays, type Ways } from "@kerege/identity";
import type { Multilingual } from "@kerege/kernel/locale";
import { AppShell, EmptyState, Input, type Visit } from "@kerege/kernel/page";
import type { DemoPerson } from "@kerege/synthetic";

export interface SignInProps {
  visit: Visit;
  people: DemoPerson[];
  /** To show who one really is. */
  ways: Ways;
  back: string;
  /** The question of a program, which goes on in every step. */
  interaction?: string;
  demo: boolean;
  needed: boolean;
  /** What was looked for, and who was found. */
  text: string;
  found?: { pin: string; name: string; place: Multilingual }[];
}

export function SignIn({ visit, people, ways, back, interaction, demo, needed, text, found }: SignInProps) {
  const { language, t } = visit;
  return (
    <AppShell visit={visit} title={t("portal.sign-in.title")} noSearch>
      <h1>{t("portal.sign-in.title")}</h1>
      {needed && <p class="notice">{t("portal.sign-in.needed")}</p>}
      {ways.client !== undefined && (
        <p class="notice">{t(`portal.sign-in.${ways.officials ? "officials" : "client"}`, { name: ways.client })}</p>
      )}
      {demo && (
        <>
          <p class="lead">{t("portal.sign-in.demo-lead")}</p>
          <PeopleCards
            visit={visit}
            back={back}
            interaction={interaction}
            people={people.map(({ pin, name, about }) => ({ pin, name, about: about[language] }))}
          />
          <h2>{t("portal.sign-in.find")}</h2>
          <form method="get" action={`/${language}/sign-in`}>
            <Going back={back} interaction={interaction} />
            <Input
              t={t}
              id="person"
              name="q"
              label={t("portal.sign-in.name-or-pin")}
              hint={t("portal.sign-in.name-hint")}
              value={text}
              width="middle"
              maxLength={100}
              spellcheck={false}
            />
            <button class="button quiet">{t("portal.sign-in.look")}</button>
          </form>
          {found && found.length === 0 && <EmptyState text={t("portal.sign-in.nobody")} />}
          {found && found.length > 0 && (
            <PeopleCards
              visit={visit}
              back={back}
              interaction={interaction}
              people={found.map(({ pin, name, place }) => ({ pin, name, about: `${place[language]}, ${pin}` }))}
            />
          )}
          <p class="small">{t("portal.sign-in.demo-warning")}</p>
          <h2>{t("portal.sign-in.own")}</h2>
          <p>{t("portal.sign-in.own-lead")}</p>
        </>
      )}
      <SignInWays visit={visit} ways={ways} />
    </AppShell>
  );
}

/** Where one goes after signing in: back to a page, or on with the question of a program. */
function Going({ back, interaction }: { back: string; interaction: string | undefined }) {
  return interaction === undefined ? (
    <input type="hidden" name="return" value={back} />
  ) : (
    <input type="hidden" name="interaction" value={interaction} />
  );
}

interface CardsProps {
  visit: Visit;
  back: string;
  interaction: string | undefined;
  people: { pin: string; name: string; about: string }[];
}

function PeopleCards({ visit, back, interaction, people }: CardsProps) {
  return (
    <ul class="cards people">
      {people.map((person) => (
        <li>
          <form method="post" action={`/${visit.language}/sign-in`}>
            <input type="hidden" name="pin" value={person.pin} />
            <Going back={back} interaction={interaction} />
            <button>
              <b>{person.name}</b>
              <span>{person.about}</span>
            </button>
          </form>
        </li>
      ))}
    </ul>
  );
}
