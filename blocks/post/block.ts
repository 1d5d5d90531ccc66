import { defineBlock } from "@kerege/kernel/block";
import type { PostDoor } from "./declaration.ts";
import { writeLetters } from "./letters.ts";
import { createPost } from "./post.ts";
import { problems } from "./problems.ts";

/** Official letters to the person's cabinet. */
export default defineBlock<PostDoor>({
  name: "post",
  needs: [],
  problems,
  migrations: new URL("./migrations/", import.meta.url),
  locales: new URL("./locales/", import.meta.url),
  open(means) {
    const { sent, ...door } = createPost(means);
    writeLetters(means, { ...door, sent });
    return { door };
  },
});
