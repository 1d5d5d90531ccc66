import { type SettingTable, text } from "@kerege/kernel/settings";

export const settings = {
  address: text(
    "KEREGE_ADDRESS",
    "Where people and programs reach the portal: https://portal.example. The OpenID provider is at /oidc of it.",
    "http://127.0.0.1:8080",
  ),
} satisfies SettingTable;
