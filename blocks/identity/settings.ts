import { portalAddress, type SettingTable, text, wholeNumber } from "@kerege/kernel/settings";

export const settings = {
  address: portalAddress,
  certificatePort: wholeNumber(
    "KEREGE_CERTIFICATE_PORT",
    "Port of the door where browsers show certificates (mutual TLS). It needs KEREGE_CERTIFICATE_KEY and KEREGE_CERTIFICATE_CHAIN.",
    0,
    { min: 0, max: 65535 },
  ),
  certificateKey: { ...text("KEREGE_CERTIFICATE_KEY", "File with the key of that door (PEM).", ""), otherwise: "none" },
  certificateChain: {
    ...text("KEREGE_CERTIFICATE_CHAIN", "File with the certificate of that door and those above it (PEM).", ""),
    otherwise: "none",
  },
} satisfies SettingTable;
