// Comforts of the scoring page: live word counts, progress, and a word before unsaved work is left.
// The page does without; the server counts and checks everything again.
"use strict";

(() => {
  const form = document.getElementById("score-form");
  const sections = [...form.querySelectorAll("[data-question]")];

  // As the server and the applicants' pages count: runs of anything but white space.
  const words = (text) => (text.match(/\S+/gu) ?? []).length;

  function count(area) {
    const line = form.querySelector(`[data-count-of="${area.id}"]`);
    const limit = Number(area.dataset.words);
    const number = words(area.value);
    line.textContent = `${number} of ${limit} words`;
    line.classList.toggle("score-field__count--over", number > limit);
    return number > 0 && number <= limit;
  }

  function markOf(section) {
    const input = section.querySelector(".mark-input");
    const text = input.value.trim();
    const mark = /^\d+$/.test(text) ? Number(text) : null;
    for (const row of section.querySelectorAll("[data-lowest]")) {
      const isHere = mark !== null && mark >= Number(row.dataset.lowest) && mark <= Number(row.dataset.highest);
      row.classList.toggle("score-bands__here", isHere);
    }
    return { mark, isEmpty: text === "" };
  }

  function refresh() {
    let done = 0;
    let total = 0;
    for (const section of sections) {
      const areas = [...section.querySelectorAll("textarea")];
      const isWritten = areas.map(count).every(Boolean);
      if (!section.querySelector(".mark-input")) continue;
      const { mark, isEmpty } = markOf(section);
      const state = mark !== null && isWritten ? "done" : isEmpty && !areas[0].value.trim() ? "" : "begun";
      const step = form.querySelector(`[data-step="${section.dataset.question}"]`);
      step.dataset.state = state;
      step.querySelector("[data-state-text]").textContent =
        { done: ", scored", begun: ", begun", "": ", not begun" }[state];
      done += state === "done";
      total += mark ?? 0;
    }
    form.querySelector("[data-done]").textContent = done;
    form.querySelector("[data-total]").textContent = total;
  }

  let isUnsaved = false;
  form.addEventListener("input", () => {
    isUnsaved = true;
    form.querySelector("[data-unsaved]").textContent = "You have changes that are not saved.";
    refresh();
  });
  form.addEventListener("focusin", (event) => {
    const section = event.target.closest("[data-question]");
    if (section) document.getElementById("place").value = section.id;
  });
  form.addEventListener("submit", () => { isUnsaved = false; });
  window.addEventListener("beforeunload", (event) => { if (isUnsaved) event.preventDefault(); });

  (document.getElementById("conflict") ?? document.getElementById("errors"))?.focus();
  refresh();
})();
