import { portalAddress, type SettingTable } from "@kerege/kernel/settings";

export const settings = { address: portalAddress } satisfies SettingTable;
