import { Refusal, refusalText, terminalLanguage } from "@kerege/kernel/embedded";
import { addLocales, createTexts } from "@kerege/kernel/locale";
import { type Command, commands } from "./commands.ts";

/** `kerege <command> …`: what an operator or a designer of services does from the terminal. */
const language = terminalLanguage();
const texts = createTexts();
addLocales(texts, "cli", new URL("./locales/", import.meta.url));
const say = (key: string, values?: Record<string, string | number>) => texts.translate(language, `cli.${key}`, values);

const [name = "help", ...rest] = process.argv.slice(2);
const command: Command | undefined = Object.hasOwn(commands, name) ? commands[name] : undefined;
const terminal = {
  language,
  say,
  print: (text: string) => void process.stdout.write(`${text}\n`),
  complain: (text: string) => void process.stderr.write(`${text}\n`),
};

if (!command) {
  if (name !== "help" && name !== "--help") terminal.complain(say("unknown", { name }));
  terminal.print([say("usage"), ...Object.keys(commands).map((one) => `  kerege ${say(`commands.${one}`)}`)].join("\n"));
  process.exitCode = name === "help" || name === "--help" ? 0 : 2;
} else {
  try {
    const run = await command();
    process.exitCode = await run(rest, terminal);
  } catch (error) {
    terminal.complain(
      error instanceof Refusal
        ? refusalText(error, language)
        : error instanceof Error
          ? (error.stack ?? error.message)
          : String(error),
    );
    process.exitCode = 1;
  }
}
