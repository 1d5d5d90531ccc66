import { type SettingTable, text, wholeNumber } from "@kerege/kernel/settings";

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
