import type { Actor } from "@kerege/kernel/actor";
import type { ReadRequest } from "./door.ts";

export interface KeepFileRequest {
  register: string;
  /** Declared field of type `file` that the content is for. */
  field: string;
  /** Media type it is said to be; its bytes must be of that kind. */
  type: string;
  source: AsyncIterable<Uint8Array>;
  /** Fingerprint it is said to have (SHA-256 in hex). */
  sha256?: string;
}

/** Content as it is kept; with a name it is the value of a field of type `file`. */
export interface KeptFile {
  sha256: string;
  type: string;
  /** Bytes. */
  size: number;
}

export interface OpenedFile extends KeptFile {
  name: string;
  /** The bytes, looked at once more: the last of them come only where all have the fingerprint. @throws {Problem} `registry.tampered` */
  content(): AsyncIterable<Buffer>;
}

/** What neighbours may ask of the content of files. */
export interface ContentDoor {
  /**
   * Keeps content for an event of the same body to come; what no event has named within a day goes. Only who may record an event
   * that sets the field may bring it. @throws {Problem} `registry.not-owner`, `registry.unknown-field`, and `registry.wrong-value` where
   * its kind, size or fingerprint is not what it may be
   */
  keepFile(actor: Actor, request: KeepFileRequest): Promise<KeptFile>;
  /** The file of a record under the same ground as its field, written as a read of it. Undefined: no such record, or no file. */
  openFile(actor: Actor, request: Omit<ReadRequest, "fields"> & { field: string }): Promise<OpenedFile | undefined>;
}
