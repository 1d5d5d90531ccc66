import type { Apart } from "./declaration.ts";
import type { BodyUnit, Post } from "./door.ts";
import type { Reading } from "./reading.ts";

/** Units and posts of all bodies as declared. */
export interface Organisation {
  units: Map<string, BodyUnit>;
  posts: Map<string, Post>;
  apart: Apart[];
}

export function organisationOf({ organisations }: Reading): Organisation {
  const units = new Map<string, BodyUnit>();
  const posts = new Map<string, Post>();
  for (const { value } of organisations) {
    for (const unit of value.units) units.set(unit.code, unit);
    for (const { head, ...post } of value.posts) posts.set(post.code, { ...post, head: head === true });
  }
  return { units, posts, apart: organisations.flatMap(({ value }) => value.apart ?? []) };
}
