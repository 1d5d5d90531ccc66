import { type Actor, wholeSubjectOf } from "@kerege/kernel/actor";
import type { Means } from "@kerege/kernel/block";
import { Problem } from "@kerege/kernel/problem";
import type { LogDoor, ProofFile } from "@kerege/trust";
import { audit } from "./access.ts";
import type { Raise } from "./alarm.ts";
import type { ArchivedReads } from "./archive-reads.ts";
import { leafOf, readContent, treeRoot } from "./batch-tree.ts";
import type { RegistryDoor } from "./door.ts";
import { problem } from "./problems.ts";
import { createVersionContents } from "./proof-content.ts";
import type { Published } from "./registers.ts";
import type { Store } from "./store.ts";
import { loggedEntry } from "./store-log.ts";
import { type Sealed, sealedVersion, singleBatchFrom } from "./store-proof.ts";
import { wordingsOf } from "./store-publish.ts";

/** What the log of the state is asked for proofs. */
export type ProvingLog = Pick<LogDoor, "prove" | "places">;

interface ProofParts {
  published: Published;
  store: Store;
  archived: ArchivedReads;
  log: ProvingLog;
  /** Reads a record with all it was, and writes that it was read. */
  history: RegistryDoor["history"];
  raise: Raise;
}

/** What is proven, as the alarm tells it. */
interface About {
  register: string;
  key: string;
  version: number | null;
  read: string | null;
}
interface Leaf {
  /** UUID. */
  salt: string;
  /** What was hashed into this leaf; undefined where what is held does not give it. */
  contentOf(leaf: Buffer): string | undefined;
  about: About;
  /** Who asked. */
  by: Actor;
}

const isId = (text: string) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);

/** Proofs that an event or a read was written when it says, and has not been changed since: files that `kerege verify` checks alone. */
export function createProofs(
  means: Pick<Means, "database" | "clock" | "events" | "log">,
  { published, store, archived, log, history, raise }: ProofParts,
): Pick<RegistryDoor, "readProof" | "eventProof"> {
  const { database } = means;

  /** What is held is not what was logged: somebody has laid hands on the database. */
  const alarm = async ({ batch, place }: Sealed, { about, by }: Pick<Leaf, "about" | "by">): Promise<never> => {
    const { register, key, version, read } = about;
    const declared = published.all().find(({ declaration }) => declaration.register === register);
    // Looks at the record of reads are of no register: they reach the body that asked.
    const owner = declared?.declaration.owner ?? (by.kind === "person" ? undefined : by.body);
    const differs = { version, read };
    await database.transaction(async (tx) => {
      if (owner !== undefined)
        await raise(tx, { kind: "tampered", owner, register, keys: [key], ground: null, reason: null, reader: by, differs });
      await means.events.tell(tx, {
        type: "registry.tampered",
        body: { ...about, batch, place, at: means.clock.now().toISOString() },
      });
    });
    const found = problem("tampered", { params: { register: about.register } });
    means.log.fault("differs from the log", found);
    throw found;
  };

  /**
   * Whether a batch stands under a witnessed checkpoint. The log refuses in the same words what has no checkpoint yet and what it
   * knows otherwise; a batch at the same place or behind it that it does prove tells which of the two it is.
   */
  const isWitnessed = async (batch: string): Promise<boolean> => {
    const place = (await log.places([batch])).get(batch);
    const other = place === undefined ? undefined : await singleBatchFrom(database, place);
    if (other === undefined) return false;
    return log.prove({ batch: other, position: 0 }).then(() => true, refusedByLog);
  };

  const prove = async (sealed: Sealed, { salt, contentOf, about, by }: Leaf): Promise<ProofFile> => {
    const { batch, place: position, hashes: leaves, root } = sealed;
    const leaf = leaves[position];
    const content = leaf && contentOf(leaf);
    if (content === undefined || !treeRoot(leaves).equals(root)) return alarm(sealed, { about, by });
    try {
      return await log.prove({ batch, position, content, salt: Buffer.from(salt.replaceAll("-", ""), "hex"), leaves });
    } catch (error) {
      refusedByLog(error);
      if (await isWitnessed(batch)) return alarm(sealed, { about, by });
      throw problem("not-witnessed", { cause: error });
    }
  };

  return {
    async readProof(actor, { id, subject, ground, ...task }) {
      if (!isId(id)) throw problem("not-found");
      if (actor.kind !== "person") {
        if (subject === undefined || ground === undefined) throw problem("not-found");
        await audit({ published, store }, actor, { subject, ground, ...task });
      }
      const logged = await loggedEntry(
        { database, archived },
        { subject: actor.kind === "person" ? wholeSubjectOf(actor) : subject!, id },
      );
      if (!logged) throw problem("not-found");
      const isShown = logged.shownFrom === null || logged.shownFrom <= means.clock.now();
      // The person sees what was read about him; a body answers for its own reads.
      if (actor.kind === "person" ? !isShown : logged.body !== actor.body) throw problem("not-found");
      const content = readContent(logged.leaf);
      const { register, key } = logged.leaf;
      return prove(logged, {
        salt: id,
        contentOf: (leaf) => (leafOf(id, content).equals(leaf) ? content : undefined),
        about: { register, key, version: null, read: id },
        by: actor,
      });
    },

    async eventProof(actor, { version, ...request }) {
      const register = published.register(request.register);
      const { register: name } = register.declaration;
      const deny = (reason: string) => problem("no-ground", { params: { ground: request.ground, register: name, reason } });
      // Danger to life needs a record, and no proof of it.
      if (published.ground(request.ground)?.breakGlass) throw deny("ground");
      // A content is shown whole or not at all: the ground must let all of it be read.
      const fields = register.columns.map(({ field }) => field);
      const seen = await history(actor, { ...request, fields });
      const found =
        seen.some((one) => one.version === version) && (await sealedVersion(database, register, { ...request, version }));
      if (!found) throw problem("not-found");
      const { row, sealed } = found;
      const contents = createVersionContents(register, await wordingsOf(database, name));
      return prove(sealed, {
        salt: String(row.salt),
        contentOf(leaf) {
          const made = contents.fitting(row, leaf);
          if (made && made.dropped.length > 0) throw deny(`field ${made.dropped[0]}`);
          return made?.content;
        },
        about: { register: name, key: request.key, version, read: null },
        by: actor,
      });
    },
  };
}

/** False where the log refuses. @throws whatever else went wrong */
function refusedByLog(error: unknown): false {
  if (error instanceof Problem && error.code === "trust.not-in-log") return false;
  throw error;
}
