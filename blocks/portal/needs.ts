import type { DocumentsDoor } from "@kerege/documents";
import type { IdentityDoor } from "@kerege/identity";
import type { PostDoor } from "@kerege/post";
import type { ProcessDoor } from "@kerege/process";
import type { ReferenceDoor } from "@kerege/reference";
import type { RegistryDoor } from "@kerege/registry";
import type { ServicesDoor } from "@kerege/services";
import type { SyntheticDoor } from "@kerege/synthetic";
import type { TrustDoor } from "@kerege/trust";

export interface PortalNeeds {
  trust: TrustDoor;
  identity: IdentityDoor;
  reference: ReferenceDoor;
  registry: RegistryDoor;
  synthetic: SyntheticDoor;
  documents: DocumentsDoor;
  post: PostDoor;
  process: ProcessDoor;
  services: ServicesDoor;
}
