import type { KeptProgram } from "./store-programs.ts";
import { digest } from "./vault.ts";

/** A program of the house itself: asks the provider as any other does, within the process. */
export interface OwnProgram {
  id: OwnProgramId;
  /** Where it hears the answer of the provider. */
  backPath: string;
  /** Holds what it must know again when the browser comes back. */
  cookie: string;
}

export type OwnProgramId = "portal" | "desks" | "centres" | "studio";

/**
 * The programs of the house; nobody else may take their names. Officials come to their desks through `desks`, those who confirm at a
 * service centre who somebody is through `centres`. Nothing stands behind `studio` yet.
 */
export const ownPrograms: Record<OwnProgramId, OwnProgram> = {
  portal: { id: "portal", backPath: "/sign-in/back", cookie: "arriving" },
  desks: { id: "desks", backPath: "/desk/sign-in/back", cookie: "arriving-desk" },
  centres: { id: "centres", backPath: "/centre/sign-in/back", cookie: "arriving-centre" },
  studio: { id: "studio", backPath: "/studio/sign-in/back", cookie: "arriving-studio" },
};

export function isOwnProgram(id: string): id is OwnProgramId {
  return Object.hasOwn(ownPrograms, id);
}

/** As the provider knows them. @param secretOf made of the key of the data folder, kept nowhere */
export function keptOwnPrograms(origin: string, secretOf: (id: string) => string): Map<string, KeptProgram> {
  const kept = Object.values(ownPrograms).map(
    ({ id, backPath }): KeptProgram => ({
      id,
      body: "portal",
      name: id,
      agreement: null,
      profile: "portal",
      authMethod: "client_secret_basic",
      secretHash: digest(secretOf(id)),
      keys: null,
      redirectUris: [`${origin}${backPath}`],
      signOutUris: [`${origin}/`],
      backChannelUri: null,
      scopes: ["openid"],
      boundTokens: false,
      quota: Number.MAX_SAFE_INTEGER,
      addedAt: new Date(0),
      suspendedAt: null,
    }),
  );
  return new Map(kept.map((program) => [program.id, program]));
}
