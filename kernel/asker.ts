import type { FastifyRequest } from "fastify";
import type { Actor } from "./actor.ts";
import type { Multilingual } from "./locale.ts";
import { kernelProblem, type Problem } from "./problem.ts";

/** Who asks over HTTP. The block that keeps a kind of credentials adds its way of reading them; every block may then ask. */
export interface Askers {
  /**
   * Ways are tried in the order they were added; the first that finds somebody answers. A way that sees credentials which are wrong
   * throws: nobody goes on as someone else, or as nobody, by a mistake in a secret.
   */
  add(way: (request: FastifyRequest) => Promise<Actor | undefined>): void;
  /** Whether an official holds the post today; told by the block that knows. Until it is told, no official is let in. */
  holds: (official: Extract<Actor, { kind: "official" }>) => Promise<boolean>;
  /** Whom registers let a person act for; told by the block that knows. Until it is told, nobody acts for anybody by a register. */
  represents: Represents;
  /** Nobody where the request brings no credentials; with a kind, somebody of that kind where one browser brings several. */
  of(request: FastifyRequest): Promise<Actor | undefined>;
  of<Kind extends Actor["kind"]>(request: FastifyRequest, kind: Kind): Promise<Extract<Actor, { kind: Kind }> | undefined>;
  /**
   * What the sitting of this browser is known by, to bind things to it: the same for each of its requests, another for everyone else;
   * told by the block that keeps credentials. Empty where there is none.
   */
  sitting: (request: FastifyRequest, kind: "official" | "person") => string;
  /** What the person at this browser showed when signing in; told by the block that keeps sessions. */
  shown: (request: FastifyRequest) => Promise<Shown | undefined>;
  /** Why somebody who showed credentials is let in as nobody, e.g. one who is not known surely enough; told by the block that keeps them. */
  refusal?: (request: FastifyRequest) => Promise<Problem | undefined>;
  /** @throws {Problem} `kernel.sign-in-needed`, or the refusal */
  need(request: FastifyRequest): Promise<Actor>;
  need<Kind extends Actor["kind"]>(request: FastifyRequest, kind: Kind): Promise<Extract<Actor, { kind: Kind }>>;
}

/** What somebody showed: `pwd`, `otp`, `kba`, `hwk`, `swk`, `user`, `mfa` as RFC 8176 names them; `demo` is our own. */
export interface Shown {
  methods: string[];
  at: Date;
}

/** A person acts for a child or a company because a register says so. */
export interface Represented {
  /** `parent`, `guardian`, `director`. */
  kind: string;
  of: "person" | "company";
  /** PIN or TIN. */
  subject: string;
  name: Multilingual;
  /** First day on which it no longer holds, where the register knows it. */
  until?: string;
}
export interface Represents {
  /** Everyone the holder may act for today. Each look is a read on a declared ground. */
  held(holder: string): Promise<Represented[]>;
  /** Whether it still stands so in the register today. */
  holds(asked: { kind: string; holder: string; subject: string }): Promise<Represented | undefined>;
}

declare module "fastify" {
  interface FastifyInstance {
    askers: Askers;
  }
}

export function createAskers(): Askers {
  const ways: ((request: FastifyRequest) => Promise<Actor | undefined>)[] = [];
  const of = async (request: FastifyRequest, kind?: Actor["kind"]) => {
    for (const way of ways) {
      const actor = await way(request);
      if (actor && (kind === undefined || actor.kind === kind)) return actor;
    }
    return undefined;
  };
  return {
    add: (way) => void ways.push(way),
    holds: async () => false,
    sitting: () => "",
    shown: async () => undefined,
    represents: { held: async () => [], holds: async () => undefined },
    of: of as Askers["of"],
    need: async function need(this: Askers, request: FastifyRequest, kind?: Actor["kind"]) {
      const actor = await of(request, kind);
      if (!actor) throw (await this.refusal?.(request)) ?? kernelProblem("sign-in-needed");
      return actor;
    } as Askers["need"],
  };
}
