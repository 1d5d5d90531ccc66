import { type SettingTable, text } from "@kerege/kernel/settings";

export const settings = {
  address: text(
    "KEREGE_ADDRESS",
    "Where people reach the portal, as documents print it: https://portal.example",
    "http://127.0.0.1:8080",
  ),
} satisfies SettingTable;
