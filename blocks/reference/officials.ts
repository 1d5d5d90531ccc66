import { actorKey } from "@kerege/kernel/actor";
import type { Means } from "@kerege/kernel/block";
import type { Holder, ReferenceDoor } from "./door.ts";
import type { Organisation } from "./organisation.ts";
import { problem } from "./problems.ts";
import type { Reading } from "./reading.ts";
import { endedBy, mayFollow, termsOf } from "./staff.ts";
import { createStaffStore, type HolderRow, type NewAct } from "./store-staff.ts";
import { isDay } from "./table.ts";

type Door = Pick<ReferenceDoor, "officials" | "holder" | "rightsOf" | "appoint" | "dismiss" | "staffHistory">;

/** Who holds which post, since when, by which document. `keepDeclared` records what the country declares and is not recorded yet. */
export function createOfficials(
  means: Means,
  { reading, organisation }: { reading: Reading; organisation: Organisation },
): { door: Door; keepDeclared(): Promise<number> } {
  const store = createStaffStore(means.database);
  const { posts } = organisation;
  const postOf = (code: string) => {
    const post = posts.get(code);
    if (!post) throw problem("unknown-post", { params: { post: code } });
    return post;
  };
  // A post that is no longer declared opens nothing, whoever was appointed to it.
  const withBody = (rows: HolderRow[]): Holder[] =>
    rows.flatMap((row) => {
      const post = posts.get(row.post);
      return post ? [{ ...row, body: post.body }] : [];
    });

  const door: Door = {
    async officials({ on, body }) {
      const wanted = body === undefined ? undefined : [...posts.values()].filter((post) => post.body === body);
      return withBody(await store.holders({ on, posts: wanted?.map((post) => post.code) }));
    },
    async holder(post, on) {
      return withBody(await store.holders({ on, posts: [postOf(post).code] }))[0];
    },
    async rightsOf(official, on) {
      const held = withBody(await store.holders({ on, official }));
      return held.flatMap(({ post, body }) => postOf(post).rights.map((right) => ({ post, body, right })));
    },
    async appoint(actor, { post, official, name, from, until, ground }) {
      postOf(post);
      if (![from, ground.on, until ?? from].every(isDay)) throw problem("wrong-term");
      const added = await store.add(post, (former): NewAct => {
        const may = mayFollow(former, { from, until });
        if (may === "taken") throw problem("post-taken", { params: { post } });
        if (may === "wrong-term") throw problem("wrong-term");
        const act = { post, act: "appointed", official, name, on: from, ground } as const;
        return { ...act, ...(until !== undefined && { until }), by: actorKey(actor), recordedAt: means.clock.now() };
      });
      return added!;
    },
    async dismiss(actor, { post, on, ground }) {
      postOf(post);
      if (!isDay(on) || !isDay(ground.on)) throw problem("wrong-term");
      const added = await store.add(post, (former): NewAct => {
        const ended = endedBy(former, on);
        if (ended === "vacant") throw problem("post-vacant", { params: { post } });
        if (ended === "wrong-term") throw problem("wrong-term");
        const { official, name } = ended;
        return { post, act: "dismissed", official, name, on, ground, by: actorKey(actor), recordedAt: means.clock.now() };
      });
      return added!;
    },
    async staffHistory(post) {
      return store.acts(postOf(post).code);
    },
  };

  return {
    door,
    async keepDeclared() {
      if (reading.officials.length === 0) return 0;
      const recorded = await store.appointments();
      let kept = 0;
      for (const { value } of reading.officials) {
        const by = actorKey({ kind: "system", body: value.owner, name: "reference" });
        const terms = value.officials.flatMap(({ id, name, terms }) => terms.map((term) => ({ official: id, name, ...term })));
        for (const { post, official, name, from, until, ground } of terms.sort((a, b) => (a.from < b.from ? -1 : 1))) {
          if (recorded.has(`${post} ${official} ${from}`)) continue;
          const added = await store.add(post, (former) => {
            if (termsOf(former).some((term) => term.official === official && term.from === from)) return undefined;
            // What was recorded at run time goes before what the files say.
            if (mayFollow(former, { from, until }) !== "yes") return undefined;
            const act = { post, act: "appointed", official, name, on: from, ground, by } as const;
            return { ...act, ...(until !== undefined && { until }), recordedAt: means.clock.now() };
          });
          if (added) kept++;
        }
      }
      return kept;
    },
  };
}
