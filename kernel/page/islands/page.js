// Everything here is a comfort: each page works without it.

// The summary of errors is what a person has to know first.
document.querySelector("[data-focus]")?.focus();

// A double click must not hand something in twice. The server would notice; the person is spared the wait.
for (const form of document.querySelectorAll('form[method="post"]')) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
    setTimeout(() => delete form.dataset.sent, 4000);
  });
}
// Coming back by the browser's back button must find the form usable.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// A link in the summary leads to the field, and the field gets the focus with its label in view.
document.querySelector(".error-summary")?.addEventListener("click", (event) => {
  const link = event.target.closest("a");
  const field = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
  if (!field) return;
  event.preventDefault();
  const control = field.matches("input,select,textarea") ? field : field.querySelector("input,select,textarea");
  (field.closest(".group") ?? field).scrollIntoView();
  control?.focus({ preventScroll: true });
});
