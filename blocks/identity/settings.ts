import { portalAddress, type Setting, type SettingTable, text, wholeNumber } from "@kerege/kernel/settings";
import { readMail } from "./factors/identifier.ts";
import { readSmtp, type Smtp } from "./factors/mail.ts";

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
  deskLevel: {
    env: "KEREGE_DESK_LEVEL",
    about:
      "What officials have to show before they get to a desk: substantial (a password with a second factor) or high (a passkey or a certificate).",
    parse: (value) => (value === "substantial" || value === "high" ? value : undefined),
    default: "substantial",
  } as Setting<"substantial" | "high">,
  smtp: {
    env: "KEREGE_SMTP",
    about:
      "Server that carries mail, with user and password: smtps://user:password@mail.example (port 465) or smtp://user:password@mail.example (port 587, with STARTTLS). The certificate of the server is checked.",
    parse: readSmtp,
    default: undefined,
    otherwise: "none: no mail is sent",
    secret: true,
  } as Setting<Smtp | undefined>,
  mailFrom: {
    ...text("KEREGE_MAIL_FROM", "Address mail is sent from: portal@example.org.", ""),
    parse: readMail,
    otherwise: "no-reply at the host of KEREGE_ADDRESS",
  },
} satisfies SettingTable;
