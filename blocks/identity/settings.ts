import { type SettingTable, text, wholeNumber } from "@kerege/kernel/settings";

export const settings = {
  address: text(
    "KEREGE_ADDRESS",
    "Where people and programs reach the portal: https://portal.example. The OpenID provider is at /oidc of it.",
    "http://127.0.0.1:8080",
  ),
  certificatePort: wholeNumber(
    "KEREGE_CERTIFICATE_PORT",
    "Port of the door where browsers show certificates (mutual TLS). It needs KEREGE_CERTIFICATE_KEY and KEREGE_CERTIFICATE_CHAIN.",
    0,
    { min: 0, max: 65535 },
  ),
  certificateKey: text("KEREGE_CERTIFICATE_KEY", "File with the key of that door (PEM).", ""),
  certificateChain: text("KEREGE_CERTIFICATE_CHAIN", "File with the certificate of that door and those above it (PEM).", ""),
} satisfies SettingTable;
