// A comfort for those who work here all day: each page works without it.

// Alt with a key goes where the key is shown; by its place on the keyboard, so that the same key works under every layout (WCAG 2.1.4).
addEventListener("keydown", (event) => {
  if (!event.altKey || event.ctrlKey || event.metaKey) return;
  const key = event.code.replace(/^(Key|Digit)/, "").toLowerCase();
  const target = key.length === 1 && document.querySelector(`[data-key="${key}"]`);
  if (!target) return;
  event.preventDefault();
  target.click();
});
