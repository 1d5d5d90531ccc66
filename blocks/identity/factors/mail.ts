import type { Means } from "@kerege/kernel/block";
import type { Multilingual } from "@kerege/kernel/locale";
import type { createTransport } from "nodemailer";
import type { Vault } from "../provider/vault.ts";
import type { Courier } from "./courier.ts";

/** A server that carries mail (RFC 6409), and how one is known to it. */
export interface Smtp {
  host: string;
  port: number;
  /** TLS from the first byte (RFC 8314); else by STARTTLS, without which nothing is sent. */
  secure: boolean;
  auth?: { user: string; pass: string };
}

const JOB = "identity.mail";
/** Notices older than that would frighten more than they help. */
const MOST_HOURS = 12;
const SECONDS = 1000;

/** Undefined where it is no address of a mail server. Nothing behind the port is taken: it could switch checks off. */
export function readSmtp(given: string): Smtp | undefined {
  if (!URL.canParse(given)) return undefined;
  const url = new URL(given);
  const secure = url.protocol === "smtps:";
  if (!secure && url.protocol !== "smtp:") return undefined;
  if (url.hostname === "" || /[^/]/.test(url.pathname) || url.search !== "" || url.hash !== "") return undefined;
  const [user, pass] = [plain(url.username), plain(url.password)];
  if (user === undefined || pass === undefined || (user === "") !== (pass === "")) return undefined;
  return {
    host: url.hostname.replaceAll(/^\[|\]$/g, ""),
    port: Number(url.port) || (secure ? 465 : 587),
    secure,
    ...(user !== "" && { auth: { user, pass } }),
  };
}

function plain(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

/**
 * Mail by a job of the kernel, not in the request, for three reasons: how long a mail server takes would tell who asks for a code whether
 * there is such an account; a server that is away for a minute would cost people their registration; and whatever was done (a factor
 * taken away) has its notice carried later when it cannot be now. The job waits in a table and the text may hold a code, so address and
 * text are sealed; the row goes once the mail is taken, refused for good, or of no use any more (a code after three minutes).
 * A mail may leave twice where a node dies between sending and saying so: both bear one Message-ID, and mail programs show one.
 */
export function createMailCourier(
  means: Pick<Means, "database" | "jobs" | "ids" | "clock" | "log" | "texts" | "country">,
  given: { vault: Vault; smtp: Smtp; from: string; host: string },
): Courier {
  const { vault, smtp, from, host } = given;
  const { languages, portalName } = means.country;
  // Own authorities of a state are told to Node itself: NODE_EXTRA_CA_CERTS.
  let transport: ReturnType<typeof createTransport> | undefined;
  const options = {
    ...smtp,
    requireTLS: !smtp.secure,
    tls: { rejectUnauthorized: true, minVersion: "TLSv1.2" },
    name: host,
    connectionTimeout: 10 * SECONDS,
    greetingTimeout: 10 * SECONDS,
    socketTimeout: 20 * SECONDS,
    dnsTimeout: 10 * SECONDS,
    disableFileAccess: true,
    disableUrlAccess: true,
  } as const;
  const inCountry = (text: Multilingual) => [...new Set(languages.map((language) => text[language]))];
  const subject = [
    ...new Set(
      languages.map((language) =>
        means.texts.translate(language, "identity.factors.messages.subject", { portal: portalName[language] }),
      ),
    ),
  ].join(" · ");
  const placeOf = (id: string) => `mail ${id}`;

  means.jobs.perform(JOB, async ({ id, sealed, until }) => {
    if (new Date(String(until)) <= means.clock.now()) {
      means.log.warn("mail given up: it would come too late");
      return;
    }
    const opened = vault.open(Buffer.from(String(sealed), "base64url"), placeOf(String(id)));
    const { address, text } = JSON.parse(opened.toString()) as { address: string; text: Multilingual };
    try {
      // Read with the first mail: a start need not wait for it.
      transport ??= (await import("nodemailer")).createTransport(options);
      await transport.sendMail({
        // As objects: a text would be read as a list of addresses.
        from: { name: portalName[languages[0]!], address: from },
        to: { name: "", address },
        subject,
        text: `${inCountry(text).join("\n\n")}\n`,
        messageId: `<${id}@${host}>`,
        // RFC 3834: no answers by machines. RFC 3282: several languages.
        headers: { "Auto-Submitted": "auto-generated", "Content-Language": languages.join(", ") },
      });
    } catch (error) {
      if (!isRefusedForGood(error)) throw error;
      // An address that is none is the person's to mend; another try would be refused alike. The address itself is not logged.
      means.log.warn("mail refused for good", { answer: error.responseCode });
    }
  });

  return {
    kinds: ["mail"],
    async send({ address }, text, until = new Date(means.clock.now().getTime() + MOST_HOURS * 3_600 * SECONDS)) {
      const id = means.ids.next();
      const sealed = vault.seal(Buffer.from(JSON.stringify({ address, text })), placeOf(id)).toString("base64url");
      const body = { id, sealed, until: until.toISOString() };
      await means.database.transaction((tx) => means.jobs.ask(tx, { name: JOB, body }));
    },
  };
}

/** RFC 5321, 4.2.1: 5yz to the recipient or the text. To who sends it or to the password it is the operator's to mend, and mail waits. */
function isRefusedForGood(error: unknown): error is Error & { responseCode?: number } {
  const { responseCode = 0, command = "", code } = error as { responseCode?: number; command?: string; code?: string };
  // An address with letters the server does not carry (RFC 6531) is not even asked about.
  if (code === "EENVELOPE" && command === "API") return true;
  return responseCode >= 500 && responseCode < 600 && /^(RCPT TO|DATA)$/.test(command);
}
