import { createHash } from "node:crypto";
import { problem } from "../problems.ts";
import { one } from "../provider/paths.ts";
import { type Entrance, field, sendPage, sendWrong, stepOf, trialOf } from "./entrance.ts";
import { CertificatePage } from "./pages/certificate.tsx";

const TICKET_MS = 60_000;
const PLACE = "certificate ticket";

interface Ticket {
  pin: string;
  passage: string;
  until: number;
}

/** Signing in with a certificate: a challenge signed with its key, or the door where browsers show certificates. */
export function certificateRoutes(entrance: Entrance): void {
  const { app, means, factors, arrivals } = entrance;
  const { shownCertificates: certificates, attempts, passages, signIn, vault } = factors;

  app.get("/:language/sign-in/certificate", async (request, reply) => {
    const { visit, query } = await stepOf(entrance, request);
    const page = (tls: string | undefined, wrong: boolean) =>
      CertificatePage({
        visit,
        query,
        challenge: certificates.challenge(),
        ...(tls !== undefined && { tls }),
        ...(wrong && { errors: { signed: visit.t("identity.factors.certificate.wrong") } }),
      });
    const ticket = one(request.query, "ticket");
    if (ticket !== "") {
      const passage = await passages.need(request, "certificate");
      const pin = readTicket(ticket, passage.id);
      // Whatever came of it, the way is over: a ticket counts once.
      await passages.finish(reply, passage);
      const login = pin === undefined ? undefined : await signIn.certificate(pin, trialOf(request));
      return login ? arrivals.finish(request, reply, login) : sendWrong(request, reply, page(undefined, true));
    }
    const door = factors.certificateDoor();
    if (door === undefined) return sendPage(request, reply, page(undefined, false));
    await passages.begin(reply, "certificate", {});
    return sendPage(request, reply, page(`${door}/${visit.language}${query}`, false));
  });

  app.post("/:language/sign-in/certificate", async (request, reply) => {
    const { visit, query } = await stepOf(entrance, request);
    await attempts.show(trialOf(request).from);
    const pin = await certificates.signed(field(request, "signed"));
    const login = pin === undefined ? undefined : await signIn.certificate(pin, trialOf(request));
    if (login) return arrivals.finish(request, reply, login);
    const errors = { signed: visit.t("identity.factors.certificate.wrong") };
    return sendWrong(request, reply, CertificatePage({ visit, query, challenge: certificates.challenge(), errors }));
  });

  /** Of this browser alone: whoever planted the way in it never sees the ticket, and a ticket of another is none here. */
  function readTicket(text: string, passage: string): string | undefined {
    if (!/^[\w-]{40,2000}$/.test(text)) return undefined;
    try {
      const ticket = JSON.parse(vault.open(Buffer.from(text, "base64url"), PLACE).toString()) as Ticket;
      return ticket.passage === passage && ticket.until > means.clock.now().getTime() ? ticket.pin : undefined;
    } catch (error) {
      if ((error as { code?: string }).code === problem("sealed").code) return undefined;
      throw error;
    }
  }

  factors.ticketOf = async (chain, token) => {
    const pin = await certificates.shown(chain);
    if (pin === undefined) return undefined;
    const passage = createHash("sha256").update(token).digest("base64url");
    const ticket: Ticket = { pin, passage, until: means.clock.now().getTime() + TICKET_MS };
    return vault.seal(Buffer.from(JSON.stringify(ticket)), PLACE).toString("base64url");
  };
}
