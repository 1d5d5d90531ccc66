import { AppShell, EmptyState, type Visit } from "@kerege/kernel/page";

export interface OfficialCard {
  post: string;
  body: string;
  name: string;
  /** Of the post. */
  title: string;
}

export interface DeskSignInProps {
  visit: Visit;
  bodies: { code: string; name: string; officials: OfficialCard[] }[];
  /** Posts that whoever is signed in holds today. */
  posts: { post: string; title: string; body: string }[];
  /** Came from the provider a moment ago, to choose a post. */
  came: boolean;
  back: string;
  demo: boolean;
  /** Title of the post at whose desk one sits already. */
  at?: string;
}

export function DeskSignIn({ visit, bodies, posts, came, back, demo, at }: DeskSignInProps) {
  const { language, t } = visit;
  return (
    <AppShell visit={visit} title={t("portal.desk.title")} noSearch>
      <h1>{t("portal.desk.title")}</h1>
      {at !== undefined && <p class="notice">{t("portal.desk.at", { name: visit.person?.name ?? "", post: at })}</p>}
      {posts.length > 0 && (
        <section>
          <h2>{t("portal.desk.held")}</h2>
          <ul class="cards people">
            {posts.map(({ post, title, body }) => (
              <li>
                <form method="post" action={`/${language}/desk/sign-in/post`}>
                  <input type="hidden" name="post" value={post} />
                  <input type="hidden" name="return" value={back} />
                  <button>
                    <b>{title}</b>
                    <span>{body}</span>
                  </button>
                </form>
              </li>
            ))}
          </ul>
        </section>
      )}
      {posts.length === 0 && (
        <>
          {came && <p class="notice">{t("portal.desk.no-post")}</p>}
          <p>
            <a class={demo ? "" : "button"} href={`/${language}/desk/sign-in/begin?return=${encodeURIComponent(back)}`}>
              {t("portal.desk.as-person")}
            </a>
          </p>
        </>
      )}
      {demo && <p class="lead">{t("portal.desk.demo-lead")}</p>}
      {demo && bodies.length === 0 && <EmptyState text={t("portal.desk.nobody")} />}
      {bodies.map((body) => (
        <section>
          <h2>{body.name}</h2>
          <ul class="cards people">
            {body.officials.map((official) => (
              <li>
                <form method="post" action={`/${language}/desk/sign-in`}>
                  <input type="hidden" name="post" value={official.post} />
                  <input type="hidden" name="return" value={back} />
                  <button>
                    <b>{official.name}</b>
                    <span>{official.title}</span>
                  </button>
                </form>
              </li>
            ))}
          </ul>
        </section>
      ))}
      {demo && <p class="small">{t("portal.sign-in.demo-warning")}</p>}
    </AppShell>
  );
}
