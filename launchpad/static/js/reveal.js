// Shows the fields that belong to one choice while that choice is made. Without script they always show.
// The design system's own way puts aria-expanded on a radio button, which the standard does not allow there.

const HIDDEN = "govuk-radios__conditional--hidden";

export function revealUnderChoices() {
  if (!document.querySelector("[data-reveals]")) return;
  showAll();
  document.addEventListener("change", (event) => {
    if (event.target.type === "radio") showAll();
  });
  // A browser that goes back puts the choices back after the page was read.
  window.addEventListener("pageshow", showAll);
}

function showAll() {
  for (const choice of document.querySelectorAll("[data-reveals]")) {
    document.getElementById(choice.dataset.reveals)?.classList.toggle(HIDDEN, !choice.checked);
  }
}
