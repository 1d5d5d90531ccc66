export { drawSymbol, type QrSymbol } from "./symbol.ts";
