/** `documents.issued`: a document was signed and kept. */
export interface DocumentIssued {
  id: string;
  /** Kind. */
  document: string;
  number: string;
  /** PIN of the person it is about. */
  subject: string;
  /** PIN of the person who received it; often the subject. */
  recipient: string;
  case: string;
  language: string;
}

/** `documents.withdrawn`: the body took it back. */
export interface DocumentWithdrawn {
  id: string;
  document: string;
  number: string;
  subject: string;
  recipient: string;
}
