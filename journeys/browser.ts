/**
 * A headless Chromium for tests where a person looks. Use:
 *
 *     test("M-A1: …", { skip: await noBrowser() }, async () => {
 *       await withPage({ javascript: false, width: 320, language: "ky" }, async (page) => {
 *         await page.goto(address);
 *         assert.deepEqual(await axe(page), []);
 *         assert.equal(await overflow(page), 0);
 *         await screenshot(page, "home-ky-320");
 *       });
 *     });
 *
 * The browser is started at the first page and ends by itself when no page has been open for a moment.
 */
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, chromium as driver, type Page } from "playwright-core";
import { type Chromium, findPackedChromium, findSystemChromium } from "./chromium.ts";

export type { Page } from "playwright-core";

export type Language = "ky" | "ru" | "kk" | "en";

export type PageOptions = {
  /** Whether scripts of the page run. Default true. */
  javascript?: boolean;
  /** CSS pixels. Default 1280; 320 is the narrowest the portal promises. */
  width?: number;
  /** CSS pixels. Default 900. */
  height?: number;
  /** What the browser asks for in `Accept-Language`. Default `ky`. */
  language?: Language;
  /** What `prefers-color-scheme` says. Default `light`. */
  theme?: "light" | "dark";
};

/** One failing element: the rule of axe, where, and why. */
export type AxeFault = { rule: string; target: string; why: string };

const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-dev-shm-usage",
  // A page of ours asks nothing of the outside world, and neither does the browser: only this machine is found.
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
];

const locales: Record<Language, string> = { ky: "ky-KG", ru: "ru-RU", kk: "kk-KZ", en: "en-GB" };

let starting: Promise<Browser> | undefined;
let openPages = 0;
const silent = new WeakSet<Page>();
let idle: NodeJS.Timeout | undefined;

/** `false` when a browser starts on this machine, else the reason to skip in words: made for the `skip` option of a test. */
export async function noBrowser(): Promise<string | false> {
  try {
    await openBrowser();
    return false;
  } catch (error) {
    return `no Chromium starts on this machine (${error instanceof Error ? error.message.split("\n")[0] : String(error)}); install the Debian package chromium`;
  } finally {
    endWhenIdle();
  }
}

/** Opens a page in a fresh profile (no cookies of others), hands it over and closes it whatever happens. Returns what `use` returns. */
export async function withPage<Result>(options: PageOptions, use: (page: Page) => Promise<Result>): Promise<Result> {
  openPages += 1;
  clearTimeout(idle);
  try {
    const browser = await openBrowser();
    const context = await browser.newContext({
      javaScriptEnabled: options.javascript ?? true,
      viewport: { width: options.width ?? 1280, height: options.height ?? 900 },
      locale: locales[options.language ?? "ky"],
      timezoneId: "Asia/Bishkek",
      colorScheme: options.theme ?? "light",
      reducedMotion: "reduce",
      acceptDownloads: true,
    });
    try {
      context.setDefaultTimeout(15_000);
      const page = await context.newPage();
      if (options.javascript === false) silent.add(page);
      return await use(page);
    } finally {
      await context.close();
    }
  } finally {
    openPages -= 1;
    endWhenIdle();
  }
}

/** Ends the browser now. Only needed before measuring something; idle browsers end by themselves. */
export async function closeBrowser(): Promise<void> {
  clearTimeout(idle);
  const started = starting;
  starting = undefined;
  // A browser that never came up has nothing to end; its reason was told by whoever asked for it.
  const browser = await started?.catch(() => undefined);
  await browser?.close();
}

/** Pixels by which the page is wider than the window: 0 means that nobody has to scroll sideways. */
export async function overflow(page: Page): Promise<number> {
  return page.evaluate<number>("Math.max(0, document.documentElement.scrollWidth - window.innerWidth)");
}

/**
 * What axe-core finds on the page at WCAG 2.2 A and AA and best practice; an empty list means none.
 * It also counts a colour contrast that axe could not decide, unless axe computed a ratio and it suffices.
 * The script goes in over the debugging protocol, so a strict Content-Security-Policy does not matter.
 */
export async function axe(page: Page): Promise<AxeFault[]> {
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const settings = JSON.stringify({ runOnly: { type: "tag", values: tags }, resultTypes: ["violations", "incomplete"] });
  const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  const look = async (shown: Page) => {
    await shown.evaluate(`${source};void 0`);
    return shown.evaluate<AxeOutcome>(`axe.run(document, ${settings})`);
  };
  return readFaults(silent.has(page) ? await withTwin(page, look) : await look(page));
}

// Where scripts are off, promises never settle and axe cannot answer. So it looks at a twin: the same document as it stands,
// without its scripts and with its <noscript> parts in the open, at the same address and width, in a page where scripts run.
async function withTwin<Result>(page: Page, look: (twin: Page) => Promise<Result>): Promise<Result> {
  const address = page.url();
  const body = (await page.content()).replaceAll(/<script\b[\s\S]*?<\/script>/gi, "").replaceAll(/<\/?noscript\b[^>]*>/gi, "");
  const browser = await openBrowser();
  const context = await browser.newContext({ viewport: page.viewportSize(), storageState: await page.context().storageState() });
  try {
    const twin = await context.newPage();
    await twin.route(address.split("#")[0] ?? address, (route) =>
      route.fulfill({ contentType: "text/html; charset=utf-8", body }),
    );
    await twin.goto(address);
    return await look(twin);
  } finally {
    await context.close();
  }
}

type Contrast = { contrastRatio?: number; expectedContrastRatio?: string; messageKey?: string };
type AxeNode = { target: unknown[]; failureSummary?: string; any: { data?: Contrast | null; message: string }[] };
export type AxeOutcome = { violations: { id: string; nodes: AxeNode[] }[]; incomplete: { id: string; nodes: AxeNode[] }[] };

/** Turns the outcome of axe into faults; apart so that the reading of undecided contrasts can be tested. */
export function readFaults(outcome: AxeOutcome): AxeFault[] {
  const faults = outcome.violations.flatMap((rule) =>
    rule.nodes.map((node) => ({
      rule: rule.id,
      target: node.target.join(" "),
      why: (node.failureSummary ?? "").replaceAll(/\s+/g, " ").trim(),
    })),
  );
  for (const rule of outcome.incomplete) {
    if (rule.id !== "color-contrast") continue;
    for (const node of rule.nodes) {
      if (node.any.some((check) => suffices(check.data))) continue;
      const why = `contrast not decided: ${node.any.map((check) => check.message).join("; ")}`;
      faults.push({ rule: rule.id, target: node.target.join(" "), why });
    }
  }
  return faults;
}

function suffices(contrast: Contrast | null | undefined): boolean {
  if (!contrast?.contrastRatio || contrast.expectedContrastRatio === undefined) return false;
  return contrast.contrastRatio >= Number.parseFloat(contrast.expectedContrastRatio);
}

/**
 * Takes a picture of the whole page and returns its file. With `KEREGE_SCREENSHOTS=1` it lands in `docs/screenshots/`,
 * else in a temporary folder, so that running the tests leaves the clone clean.
 * @param name kebab-case, without extension
 */
export async function screenshot(page: Page, name: string): Promise<string> {
  const path = pictureFile(name);
  await page.screenshot({ path, fullPage: true, animations: "disabled", caret: "hide" });
  return path;
}

/** Where the picture of this name belongs; its folder is there. */
export function pictureFile(name: string): string {
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)) throw new RangeError(`the name of a screenshot is kebab-case: ${name}`);
  const root = dirname(dirname(fileURLToPath(import.meta.url)));
  const kept = process.env.KEREGE_SCREENSHOTS === "1";
  const folder = kept ? join(root, "docs", "screenshots") : join(tmpdir(), `kerege-screenshots-${process.getuid?.() ?? 0}`);
  mkdirSync(folder, { recursive: true });
  return join(folder, `${name}.png`);
}

function openBrowser(): Promise<Browser> {
  starting ??= startBrowser();
  return starting;
}

async function startBrowser(): Promise<Browser> {
  const reasons: string[] = [];
  for (const find of [findPackedChromium, findSystemChromium]) {
    try {
      const found = process.env.KEREGE_CHROMIUM ? findSystemChromium() : await find();
      if (found) return await launch(found);
    } catch (error) {
      reasons.push(error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error));
    }
  }
  throw new Error(reasons.length > 0 ? [...new Set(reasons)].join("; ") : "none is installed");
}

async function launch(found: Chromium): Promise<Browser> {
  const start = (more: Record<string, string>) =>
    driver.launch({
      executablePath: found.path,
      headless: true,
      args: flags,
      env: { ...environment(), ...found.environment, ...more },
    });
  try {
    return await start({});
  } catch (error) {
    if (!found.libraries) throw error;
    return await start({ LD_LIBRARY_PATH: found.libraries });
  }
}

function environment(): Record<string, string> {
  return Object.fromEntries(Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

function endWhenIdle(): void {
  clearTimeout(idle);
  if (openPages > 0) return;
  // The browser is a child that keeps the process alive, so an unreferenced timer is enough to end both.
  idle = setTimeout(() => {
    if (openPages === 0) void closeBrowser();
  }, 1500).unref();
}
