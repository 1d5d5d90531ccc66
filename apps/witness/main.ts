/**
 * A witness of the log, as a program of its own: it belongs on a machine of somebody else than the state.
 *
 *   --folder DIR   its key and what it has seen; made when not there
 *   --name NAME    how it calls itself in its signatures, e.g. `parliament.example/witness`
 *   --log VKEY     verifier key of a log it watches (see /log on the portal); may be given several times
 *   --port N       of 127.0.0.1; any free one when not given. Put a proxy with TLS before it to let others in.
 *   --child        ends when its standard input does, so that it never outlives who started it
 *
 * Prints one line of JSON when it is ready: `{"address":"http://127.0.0.1:4711","key":"<verifier key>"}`.
 */
import type { AddressInfo } from "node:net";
import { parseArgs } from "node:util";
import { parseVerifierKey } from "@kerege/trust";
import { createWitness } from "./witness.ts";

const { values } = parseArgs({
  options: {
    folder: { type: "string" },
    name: { type: "string" },
    log: { type: "string", multiple: true },
    port: { type: "string", default: "0" },
    child: { type: "boolean", default: false },
  },
});
const logs = (values.log ?? []).map(parseVerifierKey);
const known = logs.filter((log) => log?.type === 1).map((log) => log!);
if (!values.folder || !values.name || /[\s+]/.test(values.name) || logs.length === 0 || known.length < logs.length) {
  process.stderr.write("Use: --folder DIR --name NAME --log VERIFIER-KEY [--port N]\n");
  process.exit(2);
}
const { server, verifierKey } = createWitness({ folder: values.folder, name: values.name, logs: known });
server.listen(Number(values.port), "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`${JSON.stringify({ address: `http://127.0.0.1:${port}`, key: verifierKey })}\n`);
});
const end = () => process.exit(0);
if (values.child) {
  process.stdin.on("end", end).on("error", end).resume();
  // Ctrl-C reaches the whole group; the server that started this one says when to end.
  process.on("SIGINT", () => {});
} else process.on("SIGINT", end);
process.on("SIGTERM", end);
