import type { VNode } from "preact";
import { render } from "preact-render-to-string";

/** A whole page as HTML. */
export function renderPage(page: VNode): string {
  return `<!doctype html>${render(page)}`;
}

/** An address that may stand in a link: of this site, or plain https or mailto. A script address gives `#`. */
export function safeHref(address: string): string {
  // Browsers drop control characters inside a scheme before they look at it.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are the characters meant.
  const plain = address.replaceAll(/[\u0000-\u0020\u007f]/g, "");
  // They read a backslash as a slash, so that /\\ leads away just as // does.
  if (/^(?:\/(?![/\\])|#|\?)/.test(plain)) return address;
  return /^(?:https?|mailto|tel):/i.test(plain) ? address : "#";
}
