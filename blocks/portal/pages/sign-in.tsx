import type { Multilingual } from "@kerege/kernel/locale";
import { AppShell, EmptyState, Input, type Visit } from "@kerege/kernel/page";
import type { DemoPerson } from "@kerege/synthetic";

export interface SignInProps {
  visit: Visit;
  people: DemoPerson[];
  back: string;
  demo: boolean;
  needed: boolean;
  /** What was looked for, and who was found. */
  text: string;
  found?: { pin: string; name: string; place: Multilingual }[];
}

export function SignIn({ visit, people, back, demo, needed, text, found }: SignInProps) {
  const { language, t } = visit;
  return (
    <AppShell visit={visit} title={t("portal.sign-in.title")} noSearch>
      <h1>{t("portal.sign-in.title")}</h1>
      {needed && <p class="notice">{t("portal.sign-in.needed")}</p>}
      {!demo && <p class="lead">{t("portal.sign-in.closed-lead")}</p>}
      {demo && (
        <>
          <p class="lead">{t("portal.sign-in.demo-lead")}</p>
          <PeopleCards
            visit={visit}
            back={back}
            people={people.map(({ pin, name, about }) => ({ pin, name, about: about[language] }))}
          />
          <h2>{t("portal.sign-in.find")}</h2>
          <form method="get" action={`/${language}/sign-in`}>
            <input type="hidden" name="return" value={back} />
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
              people={found.map(({ pin, name, place }) => ({ pin, name, about: `${place[language]}, ${pin}` }))}
            />
          )}
          <p class="small">{t("portal.sign-in.demo-warning")}</p>
        </>
      )}
    </AppShell>
  );
}

interface CardsProps {
  visit: Visit;
  back: string;
  people: { pin: string; name: string; about: string }[];
}

function PeopleCards({ visit, back, people }: CardsProps) {
  return (
    <ul class="cards people">
      {people.map((person) => (
        <li>
          <form method="post" action={`/${visit.language}/sign-in`}>
            <input type="hidden" name="pin" value={person.pin} />
            <input type="hidden" name="return" value={back} />
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
