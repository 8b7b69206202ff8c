// Comforts of the scoring page: live word counts, progress, keys, and a word before unsaved work is left.
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

  const next = form.querySelector("[data-next]");
  const unsaved = form.querySelector("[data-unsaved]");
  const mostOf = (input) => Number(input.closest(".score-field").querySelector("[data-most]").dataset.most);

  /** The mark of the first question after ``section`` that is not scored; of the first of all behind the last. */
  function following(section) {
    const open = sections.filter((one) => one.dataset.state !== "done" && one.querySelector(".mark-input") && one !== section);
    const place = sections.indexOf(section);
    const found = open.find((one) => sections.indexOf(one) > place) ?? open[0];
    return found?.querySelector(".mark-input") ?? document.querySelector("#verdict input");
  }

  function goTo(control) {
    const section = control.closest("[data-question]");
    section.scrollIntoView();
    control.focus({ preventScroll: true });
    control.select?.();
  }

  function refresh() {
    let done = 0;
    let total = 0;
    let first = null;
    for (const section of sections) {
      const areas = [...section.querySelectorAll("textarea")];
      // As the server has it: without a letter or a digit nothing is said.
      const isWritten = areas.map(count).every(Boolean) && areas.every((area) => /[\p{L}\p{N}]/u.test(area.value));
      if (!section.querySelector(".mark-input")) continue;
      const { mark, isEmpty } = markOf(section);
      const state = mark !== null && isWritten ? "done" : isEmpty && !areas[0].value.trim() ? "" : "begun";
      const step = form.querySelector(`[data-step="${section.dataset.question}"]`);
      step.dataset.state = section.dataset.state = state;
      if (state !== "done") first ??= section;
      step.querySelector("[data-state-text]").textContent =
        { done: ", scored", begun: ", begun", "": ", not begun" }[state];
      done += state === "done";
      total += mark ?? 0;
    }
    form.querySelector("[data-done]").textContent = done;
    form.querySelector("[data-total]").textContent = total;
    next.textContent = first ? `Next to score: ${first.dataset.question}` : "To the verdict";
    next.href = first ? `#${first.querySelector(".mark-input").id}` : "#verdict";
  }

  let isUnsaved = false;
  let place = "";
  form.addEventListener("input", () => {
    isUnsaved = true;
    unsaved.textContent = "You have changes that are not saved.";
    refresh();
  });
  form.addEventListener("launchpad:saved", (event) => {
    if (!event.detail.isAll) return;
    isUnsaved = false;
    unsaved.textContent = "";
  });
  next.addEventListener("click", (event) => {
    event.preventDefault();
    goTo(form.querySelector(next.hash)?.closest(".score-field") ? form.querySelector(next.hash) : document.querySelector("#verdict input"));
  });
  form.addEventListener("keydown", (event) => {
    const { target, key } = event;
    if (key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      goTo(following(target.closest("[data-question]")));
    } else if (key === "Enter" && target.matches(".mark-input")) {
      event.preventDefault();
      target.closest("[data-question]").querySelector("textarea").focus();
    } else if (["ArrowUp", "ArrowDown"].includes(key) && target.matches(".mark-input")) {
      event.preventDefault();
      const now = /^\d+$/.test(target.value.trim()) ? Number(target.value) : null;
      const wanted = now === null ? 0 : now + (key === "ArrowUp" ? 1 : -1);
      target.value = Math.min(Math.max(wanted, 0), mostOf(target));
      target.dispatchEvent(new Event("input", { bubbles: true }));
    }
  });
  form.addEventListener("focusin", (event) => {
    const section = event.target.closest("[data-question]");
    if (section) place = section.id;
  });
  form.addEventListener("submit", () => {
    isUnsaved = false;
    // Only now: it is no text of the assessor's, and moving about is nothing to save.
    document.getElementById("place").value = place;
  });
  window.addEventListener("beforeunload", (event) => { if (isUnsaved) event.preventDefault(); });

  for (const line of form.querySelectorAll("[data-by-script]")) line.hidden = false;
  if ("autosave" in form.dataset) unsaved.textContent = "Saved while you write. You see all of it once more before you submit.";
  (document.getElementById("conflict") ?? document.getElementById("errors"))?.focus();
  refresh();
})();
