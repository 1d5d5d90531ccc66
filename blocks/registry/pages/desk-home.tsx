import { formatNumber } from "@kerege/kernel/format";
import { EmptyState, LinkList } from "@kerege/kernel/page";
import type { RegisterDeclaration } from "../declaration.ts";
import type { Desk } from "../routes-desk-visit.ts";
import { DeskPage } from "./frame.tsx";

export interface DeskRegister {
  declaration: RegisterDeclaration;
  owner: string;
  records: number;
}

/** The registers this post may work with: those of its own body, and those a ground lets it read. */
export function DeskHome({ desk, own, others }: { desk: Desk; own: DeskRegister[]; others: DeskRegister[] }) {
  const { t, language } = desk.visit;
  const links = (registers: DeskRegister[], withOwner: boolean) =>
    registers.map(({ declaration, owner, records }) => ({
      href: `/${language}/desk/registers/${declaration.register}`,
      title: declaration.title[language],
      text: [
        ...(withOwner ? [owner] : []),
        t("registry.pages.records", { count: records, number: formatNumber(language, records) }),
      ].join(" · "),
    }));
  return (
    <DeskPage desk={desk} title={t("registry.desk.registers.title")} here="registers">
      <h1>{t("registry.desk.registers.title")}</h1>
      {own.length + others.length === 0 && <EmptyState text={t("registry.desk.registers.none")} />}
      <div class="columns">
        {own.length > 0 && (
          <section>
            <h2>{t("registry.desk.registers.own")}</h2>
            <LinkList links={links(own, false)} />
          </section>
        )}
        {others.length > 0 && (
          <section>
            <h2>{t("registry.desk.registers.others")}</h2>
            <LinkList links={links(others, true)} />
          </section>
        )}
      </div>
    </DeskPage>
  );
}
