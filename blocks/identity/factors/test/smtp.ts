/**
 * A mail server as a process of its own: started by `mail.test.ts` with what it shall be like; tells its parent the port it listens at and
 * every mail it took.
 */
import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { SMTPServer } from "smtp-server";

export interface SmtpLike {
  /** 0 takes a free one. */
  port: number;
  /** TLS from the first byte; else STARTTLS. */
  secure: boolean;
  /** No TLS at all, neither at first nor later. */
  bare?: boolean;
  /** PEM files. */
  key: string;
  certificate: string;
  user: string;
  password: string;
  /** Answer to every recipient in place of taking the mail: 550, 451. */
  answer?: number;
}

export type SmtpSays =
  | { port: number }
  | { from: string; to: string[]; encrypted: boolean; source: string }
  | { rejected: "password" | "recipient" };

const like = JSON.parse(process.argv[2] ?? "{}") as SmtpLike;
const say = (said: SmtpSays) => void process.send?.(said);
class Answer extends Error {
  responseCode: number;
  constructor(responseCode: number) {
    super("Not here");
    this.responseCode = responseCode;
  }
}

const server = new SMTPServer({
  secure: like.secure,
  key: readFileSync(like.key),
  cert: readFileSync(like.certificate),
  ...(like.bare && { disabledCommands: ["STARTTLS"], allowInsecureAuth: true }),
  logger: false,
  onAuth({ username, password }, _session, answer) {
    if (username === like.user && password === like.password) return answer(null, { user: username });
    say({ rejected: "password" });
    return answer(new Answer(535));
  },
  onRcptTo(_address, _session, answer) {
    if (like.answer === undefined) return answer();
    say({ rejected: "recipient" });
    return answer(new Answer(like.answer));
  },
  onData(stream, session, answer) {
    text(stream).then((source) => {
      const { mailFrom, rcptTo } = session.envelope;
      say({
        from: mailFrom ? mailFrom.address : "",
        to: rcptTo.map(({ address }) => address),
        encrypted: session.secure === true,
        source,
      });
      answer();
    }, answer);
  },
});
// A client that breaks off because it does not trust the certificate is no fault of the server.
server.on("error", () => {});
server.listen(like.port, "127.0.0.1", () => say({ port: (server.server.address() as AddressInfo).port }));
process.on("disconnect", () => process.exit(0));
