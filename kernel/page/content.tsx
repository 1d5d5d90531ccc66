import type { ComponentChildren } from "preact";

export function BackLink({ href, text }: { href: string; text: string }) {
  return (
    <a class="back" href={href}>
      {text}
    </a>
  );
}

/** Names and values, e.g. how long, how much, for whom. */
export function Facts({ rows }: { rows: { name: string; value: ComponentChildren }[] }) {
  return (
    <dl class="facts">
      {rows.map((row) => (
        <div>
          <dt>{row.name}</dt>
          <dd>{row.value}</dd>
        </div>
      ))}
    </dl>
  );
}

export interface KnownGroup {
  /** Where the facts come from. */
  source: string;
  rows: { name: string; value: string }[];
}

/** What the state knows already, by source. */
export function Known({ title, groups, note }: { title: string; groups: KnownGroup[]; note?: ComponentChildren }) {
  return (
    <section class="known">
      <h2>{title}</h2>
      {groups.map((group) => (
        <>
          <dl>
            {group.rows.map((row) => (
              <div>
                <dt>{row.name}</dt>
                <dd>{row.value}</dd>
              </div>
            ))}
          </dl>
          <p class="source">{group.source}</p>
        </>
      ))}
      {note && <p class="note">{note}</p>}
    </section>
  );
}

export interface Card {
  href: string;
  title: string;
  text?: string;
}

export function CardGrid({ cards }: { cards: Card[] }) {
  return (
    <ul class="cards">
      {cards.map((card) => (
        <li>
          <a href={card.href}>
            <b>{card.title}</b>
            {card.text && <span>{card.text}</span>}
          </a>
        </li>
      ))}
    </ul>
  );
}

/** Links under one another, each with a quiet line below. */
export function LinkList({ links }: { links: { href: string; title: ComponentChildren; text?: ComponentChildren }[] }) {
  return (
    <ul class="links">
      {links.map((link) => (
        <li>
          <a href={link.href}>{link.title}</a>
          {link.text && <small>{link.text}</small>}
        </li>
      ))}
    </ul>
  );
}

/** A table whose rows become small cards on a narrow screen, each cell under its heading. */
export function StackTable({ caption, columns, rows }: { caption: string; columns: string[]; rows: ComponentChildren[][] }) {
  return (
    <table class="stack">
      <caption class="unseen">{caption}</caption>
      <thead>
        <tr>
          {columns.map((column) => (
            <th scope="col">{column}</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr>
            {row.map((cell, index) => (
              <td>
                {cell !== null && (
                  <span class="cell-name" aria-hidden="true">
                    {columns[index]}
                  </span>
                )}
                {cell}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function Timeline({ entries }: { entries: { when: string; at: Date; text: ComponentChildren }[] }) {
  return (
    <ol class="timeline">
      {entries.map((entry) => (
        <li>
          <time dateTime={entry.at.toISOString()}>{entry.when}</time>
          <span>{entry.text}</span>
        </li>
      ))}
    </ol>
  );
}

export type Tone = "calm" | "good" | "bad" | "work";

export function StatusTag({ tone, text }: { tone: Tone; text: string }) {
  return <strong class={`tag ${tone}`}>{text}</strong>;
}

/** What will be here, and what to do about it. */
export function EmptyState({ text, children }: { text: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <p>{text}</p>
      {children}
    </div>
  );
}

/** The outcome of something, said large. */
export function Outcome({
  tone,
  title,
  children,
}: {
  tone: "good" | "bad" | "work";
  title: string;
  children?: ComponentChildren;
}) {
  return (
    <div class={`outcome ${tone}`}>
      <h1>{title}</h1>
      {children}
    </div>
  );
}
