/** `documents.issued`: a document was signed and kept. */
export interface DocumentIssued {
  id: string;
  /** Kind. */
  document: string;
  number: string;
  /** PIN. */
  subject: string;
  case: string;
  language: string;
}

/** `documents.withdrawn`: the body took it back. */
export interface DocumentWithdrawn {
  id: string;
  document: string;
  number: string;
  subject: string;
}
