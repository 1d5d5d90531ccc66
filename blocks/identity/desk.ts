/** An official who signed in under a post. The right to act ends with the post: whoever opens a desk asks `reference` who holds it. */
export interface DeskSession {
  id: string;
  /** The official's own id, as the list of officials knows him or her. */
  official: string;
  body: string;
  post: string;
  name: string;
  device: string;
  openedAt: Date;
  expiresAt: Date;
}

/** A system of a body that may ask over the network. */
export interface Client {
  id: string;
  body: string;
  /** Name of the system, as people see it among those who read their data. */
  name: string;
  addedAt: Date;
}
