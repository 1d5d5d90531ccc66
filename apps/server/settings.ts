import { isIP } from "node:net";
import { type Setting, type SettingTable, text, wholeNumber } from "@kerege/kernel/settings";

/** Where the server listens. */
export const addressSettings = {
  host: text("HOST", "Address the server listens on. `0.0.0.0` opens it to other machines.", "127.0.0.1"),
  port: wholeNumber("PORT", "Port, 1 to 65535; 0 takes any free one.", 8080, { min: 0, max: 65535 }),
} satisfies SettingTable;

/** Which state is run and where it is kept: for the server and the commands alike. */
export const placeSettings = {
  dataFolder: {
    ...text("KEREGE_DATA", "Folder of the built-in database, of the keys and of files. Made when it is not there.", ""),
    otherwise: "`.kerege` in the project",
  },
  country: text("KEREGE_COUNTRY", "Which folder of `countries/` is run.", "demo"),
  databaseUrl: {
    ...text("DATABASE_URL", "A PostgreSQL server of your own, 17 or later. The built-in one is then not started.", ""),
    otherwise: "the built-in database",
    // It may hold a password.
    secret: true,
  },
} satisfies SettingTable;

/** Who stands between the server and the people. */
export const proxySettings = {
  proxies: {
    env: "KEREGE_PROXIES",
    about:
      "Addresses or networks of the proxies in front of the server, with commas between: 10.0.0.5,10.1.0.0/16. Their word on where a request comes from is taken, and nobody else's.",
    parse: readProxies,
    default: [] as string[],
    otherwise: "none: the address of the connection counts",
  } satisfies Setting<string[]>,
} satisfies SettingTable;

function readProxies(value: string): string[] | undefined {
  const places = value.split(",").map((place) => place.trim());
  const right = places.every((place) => {
    const [address = "", bits, ...more] = place.split("/");
    const most = isIP(address) === 4 ? 32 : isIP(address) === 6 ? 128 : -1;
    return (
      most > 0 &&
      more.length === 0 &&
      (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) > 0 && Number(bits) <= most))
    );
  });
  return right ? places : undefined;
}
