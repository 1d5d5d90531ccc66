import type { Visit } from "@kerege/kernel/page";

/** The next page of a list, where there is one; the path may have a query. */
export function More({ visit, path, next }: { visit: Visit; path: string; next?: string }) {
  if (!next) return null;
  return (
    <p class="actions">
      <a
        class="button quiet"
        rel="next"
        href={`/${visit.language}${path}${path.includes("?") ? "&" : "?"}after=${encodeURIComponent(next)}`}
      >
        {visit.t("portal.cabinet.more")}
      </a>
    </p>
  );
}
