import type { Reply } from "@kerege/kernel/http";
import { renderPage } from "@kerege/kernel/page";
import type { VNode } from "preact";

/** A page made for one visitor: never kept on the way. */
export const sendPage = (reply: Reply, page: VNode, status = 200): Reply =>
  reply.code(status).header("cache-control", "private, no-store").type("text/html; charset=utf-8").send(renderPage(page));
