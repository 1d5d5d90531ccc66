import { child, type Element } from "./element.ts";
import type { PlacedText } from "./fault.ts";

/** A type's name without the prefix FEEL had in DMN 1.1 and 1.2. */
export function typeOf(text: string | undefined): string | undefined {
  const name = text?.trim().replace(/^feel[:.]/, "");
  return name === undefined || name === "" ? undefined : name;
}

/** The text of an element's `text`. */
export function textIn(element: Element | undefined): PlacedText | undefined {
  const text = child(element, "text");
  return text && { text: text.text, place: text.textPlace };
}
