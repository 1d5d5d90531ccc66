import type { FastifyRequest } from "fastify";
import type { Actor } from "./actor.ts";
import { kernelProblem } from "./problem.ts";

/** Who asks over HTTP. The block that keeps a kind of credentials adds its way of reading them; every block may then ask. */
export interface Askers {
  /**
   * Ways are tried in the order they were added; the first that finds somebody answers. A way that sees credentials which are wrong
   * throws: nobody goes on as someone else, or as nobody, by a mistake in a secret.
   */
  add(way: (request: FastifyRequest) => Promise<Actor | undefined>): void;
  /** Whether an official holds the post today; told by the block that knows. Until it is told, no official is let in. */
  holds: (official: Extract<Actor, { kind: "official" }>) => Promise<boolean>;
  /** Nobody where the request brings no credentials; with a kind, somebody of that kind where one browser brings several. */
  of(request: FastifyRequest): Promise<Actor | undefined>;
  of<Kind extends Actor["kind"]>(request: FastifyRequest, kind: Kind): Promise<Extract<Actor, { kind: Kind }> | undefined>;
  /** @throws {Problem} `kernel.sign-in-needed` */
  need(request: FastifyRequest): Promise<Actor>;
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
    of: of as Askers["of"],
    async need(request) {
      const actor = await of(request);
      if (!actor) throw kernelProblem("sign-in-needed");
      return actor;
    },
  };
}
