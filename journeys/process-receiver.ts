/**
 * Who does what processes call for, as a program of its own that is never killed: `node process-receiver.ts <socket> <seed>`. It has the
 * effect of a key once, gives the same answer each time, and spoils some of its answers after the effect was had.
 */
import { createServer } from "node:http";
import { createDice } from "./soak.ts";

export interface Effects {
  /** How often each key was asked for. */
  asked: Record<string, number>;
  /** Keys whose effect was had, with what it was. */
  had: Record<string, string>;
}

const [socket, seed] = process.argv.slice(2);
const dice = createDice(Number(seed), "receiver");
const effects: Effects = { asked: {}, had: {} };

const server = createServer(async (request, response) => {
  if (request.method === "GET") return response.end(JSON.stringify(effects));
  let text = "";
  for await (const part of request) text += part;
  const { key, name } = JSON.parse(text) as { key: string; name: string };
  effects.asked[key] = (effects.asked[key] ?? 0) + 1;
  effects.had[key] ??= name;
  const luck = dice.below(20);
  if (luck === 0) return request.socket.destroy();
  if (luck === 1) return response.writeHead(500).end();
  response.end(JSON.stringify({ output: { [name]: key.length } }));
});
server.listen(socket, () => process.stdout.write("ready\n"));
