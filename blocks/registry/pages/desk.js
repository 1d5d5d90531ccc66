// A comfort for those who work here all day: each page works without it.

// Alt with a key goes where the key is shown; by its place on the keyboard, so that the same key works under every layout.
addEventListener("keydown", (event) => {
  if (!event.altKey || event.ctrlKey || event.metaKey) return;
  const key = event.code.replace(/^(Key|Digit)/, "").toLowerCase();
  const target = key.length === 1 && document.querySelector(`[data-key="${key}"]`);
  if (!target) return;
  event.preventDefault();
  if (target.matches("form")) target.querySelector("input:not([type=hidden],[type=radio]),select,textarea")?.focus();
  else (target.closest("a,button") ?? target).click();
});

// Up and down go from record to record in a list of those found.
document.querySelector(".found table")?.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const links = [...event.currentTarget.querySelectorAll("tbody td:first-child a")];
  const at = links.indexOf(event.target);
  if (!step || at < 0) return;
  event.preventDefault();
  links[Math.min(links.length - 1, Math.max(0, at + step))].focus();
});
