import type { Visit } from "@kerege/kernel/page";

/** The next page of a list, where there is one. */
export function More({ visit, path, next }: { visit: Visit; path: string; next?: string }) {
  if (!next) return null;
  return (
    <p class="actions">
      <a class="button quiet" rel="next" href={`/${visit.language}${path}?after=${encodeURIComponent(next)}`}>
        {visit.t("portal.cabinet.more")}
      </a>
    </p>
  );
}
