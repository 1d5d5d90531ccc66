import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { DetailedPeerCertificate, TLSSocket } from "node:tls";

/**
 * A door of its own where browsers show certificates (mutual TLS). Any certificate is let through the handshake, so that a refusal can be
 * said in words; who it is is decided by `shown`, from the certificate of this very connection and from nothing else: no header names it.
 */
export interface CertificateDoor {
  port: number;
  close(): Promise<void>;
}

export async function openCertificateDoor(given: {
  port: number;
  host: string;
  /** PEM files of the server. */
  files: { key: string; certificate: string };
  /** Where the browser goes afterwards. */
  address: string;
  /** @param passage token of the way that this browser is on. A ticket for this browser alone; undefined where it is refused */
  shown(chain: Buffer[], passage: string): Promise<string | undefined>;
}): Promise<CertificateDoor> {
  const { files, address } = given;
  const server: Server = createServer(
    {
      key: readFileSync(files.key),
      cert: readFileSync(files.certificate),
      minVersion: "TLSv1.3",
      requestCert: true,
      rejectUnauthorized: false,
    },
    (request, answer) => {
      const [, language = "ky", query = ""] = /^\/([a-z]{2})(\?[\w=&%-]*)?$/.exec(request.url ?? "") ?? [];
      const back = new URL(`/${language}/sign-in/certificate${query}`, address);
      const chain = chainOf(request.socket as TLSSocket);
      const [, passage] = /(?:^|; *)passage=([\w-]{43})(?:;|$)/.exec(request.headers.cookie ?? "") ?? [];
      const ticket = chain.length > 0 && passage ? given.shown(chain, passage) : Promise.resolve(undefined);
      void ticket
        .catch(() => undefined)
        .then((made) => {
          back.searchParams.set("ticket", made ?? "none");
          answer.writeHead(303, { location: back.href, "cache-control": "no-store", "referrer-policy": "no-referrer" }).end();
        });
    },
  );
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(given.port, given.host, () => resolve());
  });
  const place = server.address();
  return {
    port: typeof place === "object" && place ? place.port : given.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** What the browser sent in the handshake, its own certificate first. */
function chainOf(socket: TLSSocket): Buffer[] {
  const found: Buffer[] = [];
  let one: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
  while (one?.raw && found.length < 5 && !found.some((known) => known.equals(one!.raw))) {
    found.push(one.raw);
    one = one.issuerCertificate;
  }
  return found;
}
