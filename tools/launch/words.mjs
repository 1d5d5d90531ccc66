// What the launcher says, in the language of the terminal. It speaks before anything is installed, so its texts are its own.

/** Ends the launcher with a sentence. */
export class Stop extends Error {
  constructor(code, values = {}, exitCode = 1) {
    super(code);
    this.code = code;
    this.values = values;
    this.exitCode = exitCode;
  }
}

const texts = {
  "unknown-command": {
    en: "There is no command {command}. The commands are: {commands}",
    ru: "Команды {command} нет. Есть такие: {commands}",
    ky: "{command} деген буйрук жок. Буйруктар: {commands}",
    kk: "{command} деген пәрмен жоқ. Пәрмендер: {commands}",
  },
  installing: {
    en: "Installing what is needed (only once, takes a minute or two) …",
    ru: "Устанавливаю всё необходимое (один раз, минуту-две) …",
    ky: "Керектүүнүн баары орнотулуп жатат (бир эле жолу, бир-эки мүнөт) …",
    kk: "Қажеттінің бәрі орнатылып жатыр (бір-ақ рет, бір-екі минут) …",
  },
  elapsed: {
    en: "still installing, {seconds} s",
    ru: "установка продолжается, {seconds} с",
    ky: "орнотуу уланып жатат, {seconds} сек.",
    kk: "орнату жалғасып жатыр, {seconds} сек.",
  },
  installed: {
    en: "Installed in {seconds} s.",
    ru: "Установлено за {seconds} с.",
    ky: "{seconds} секундда орнотулду.",
    kk: "{seconds} секундта орнатылды.",
  },
  waiting: {
    en: "Another start (process {pid}) is installing; waiting for it …",
    ru: "Установку уже ведёт другой запуск (процесс {pid}); жду его …",
    ky: "Башка бир иштетүү ({pid} процесси) орнотуп жатат; аны күтүп жатам …",
    kk: "Басқа іске қосу ({pid} процесі) орнатып жатыр; соны күтіп тұрмын …",
  },
  interrupted: {
    en: "The installation was interrupted. The next start does it again from the beginning.",
    ru: "Установка прервана. Следующий запуск повторит её с начала.",
    ky: "Орнотуу үзгүлтүккө учурады. Кийинки иштетүү аны башынан кайталайт.",
    kk: "Орнату үзілді. Келесі іске қосу оны басынан қайталайды.",
  },
  "no-network": {
    en: "The package registry could not be reached, so nothing could be installed. Check the network (and the proxy settings of npm), then start again.",
    ru: "Нет связи с реестром пакетов, поэтому установка невозможна. Проверьте сеть (и настройки прокси в npm) и запустите снова.",
    ky: "Пакеттер реестри менен байланыш жок, ошондуктан орнотуу мүмкүн болгон жок. Тармакты (жана npm прокси жөндөөлөрүн) текшерип, кайра иштетиңиз.",
    kk: "Пакеттер тізілімімен байланыс жоқ, сондықтан орнату мүмкін болмады. Желіні (және npm прокси баптауларын) тексеріп, қайта іске қосыңыз.",
  },
  "disk-full": {
    en: "There is no room left on the disk that holds {folder}. Free about 1 GB and start again; nothing was lost.",
    ru: "На диске, где находится {folder}, не осталось места. Освободите около 1 ГБ и запустите снова; ничего не потеряно.",
    ky: "{folder} жайгашкан дискте орун калган жок. Болжол менен 1 ГБ бошотуп, кайра иштетиңиз; эч нерсе жоголгон жок.",
    kk: "{folder} орналасқан дискіде орын қалмады. Шамамен 1 ГБ босатып, қайта іске қосыңыз; ештеңе жоғалған жоқ.",
  },
  "no-permission": {
    en: "{folder} may not be written by this user. Give the user the right to write there, or start as the user who owns it.",
    ru: "У этого пользователя нет права записи в {folder}. Дайте ему это право или запустите от имени владельца.",
    ky: "Бул колдонуучунун {folder} ичине жазууга укугу жок. Ага укук бериңиз же ээсинин атынан иштетиңиз.",
    kk: "Бұл пайдаланушының {folder} ішіне жазуға құқығы жоқ. Оған құқық беріңіз немесе иесінің атынан іске қосыңыз.",
  },
  "lock-differs": {
    en: "package.json and package-lock.json do not belong together. Get both from the same release (git checkout package.json package-lock.json), then start again.",
    ru: "package.json и package-lock.json не соответствуют друг другу. Возьмите оба из одного выпуска (git checkout package.json package-lock.json) и запустите снова.",
    ky: "package.json жана package-lock.json бири-бирине туура келбейт. Экөөнү тең бир чыгарылыштан алып (git checkout package.json package-lock.json), кайра иштетиңиз.",
    kk: "package.json мен package-lock.json бір-біріне сәйкес келмейді. Екеуін де бір шығарылымнан алып (git checkout package.json package-lock.json), қайта іске қосыңыз.",
  },
  "no-npm": {
    en: "npm was not found. Install Node.js together with npm, then start again.",
    ru: "npm не найден. Установите Node.js вместе с npm и запустите снова.",
    ky: "npm табылган жок. Node.js менен npm'ди чогуу орнотуп, кайра иштетиңиз.",
    kk: "npm табылмады. Node.js пен npm-ді бірге орнатып, қайта іске қосыңыз.",
  },
  "install-failed": {
    en: "The installation did not succeed; the lines above say why. Start again to repeat it.",
    ru: "Установка не удалась; причина — в строках выше. Запустите снова, чтобы повторить.",
    ky: "Орнотуу ийгиликсиз аяктады; себеби жогорку саптарда. Кайталоо үчүн дагы иштетиңиз.",
    kk: "Орнату сәтсіз аяқталды; себебі жоғарыдағы жолдарда. Қайталау үшін тағы іске қосыңыз.",
  },
  "left-out": {
    en: "The registry did not deliver these packages, and nothing works without them: {packages}. Start again later; if it stays so, ask whoever keeps the registry.",
    ru: "Реестр не отдал эти пакеты, а без них ничего не работает: {packages}. Запустите позже; если не поможет, обратитесь к тому, кто ведёт реестр.",
    ky: "Реестр бул пакеттерди берген жок, аларсыз эч нерсе иштебейт: {packages}. Кийинчерээк кайра иштетиңиз; өзгөрбөсө, реестрди жүргүзгөн адамга кайрылыңыз.",
    kk: "Тізілім бұл пакеттерді бермеді, оларсыз ештеңе жұмыс істемейді: {packages}. Кейінірек қайта іске қосыңыз; өзгермесе, тізілімді жүргізетін адамға хабарласыңыз.",
  },
  "no-node": {
    en: "Node.js 24 is needed, found is {found}, and no other could be brought for this system. Install Node.js 24 or later from nodejs.org, then start again.",
    ru: "Нужен Node.js 24, а найден {found}, и для этой системы другого получить не удалось. Установите Node.js 24 или новее с nodejs.org и запустите снова.",
    ky: "Node.js 24 керек, табылганы — {found}, бул система үчүн башкасын алуу мүмкүн болгон жок. nodejs.org сайтынан Node.js 24 же жаңысын орнотуп, кайра иштетиңиз.",
    kk: "Node.js 24 керек, табылғаны — {found}, бұл жүйе үшін басқасын алу мүмкін болмады. nodejs.org сайтынан Node.js 24 немесе жаңасын орнатып, қайта іске қосыңыз.",
  },
};

export const languages = ["ky", "ru", "kk", "en"];
export const codes = Object.keys(texts);

export function terminalLanguage(environment = process.env) {
  const asked = (environment.LC_ALL || environment.LC_MESSAGES || environment.LANG || "").slice(0, 2).toLowerCase();
  return languages.includes(asked) ? asked : "en";
}

export function say(code, values = {}, language = terminalLanguage()) {
  return texts[code][language].replace(/\{(\w+)\}/g, (_, key) => String(values[key] ?? ""));
}
