// Saves a page of a draft while somebody writes, and says when it was saved, or why it was not.
// The page does without: its buttons save the same form to the same address.

const form = document.querySelector("form[data-autosave]");

const AFTER_TYPING = 2000;
const PATIENCE = 15_000;
/** How long to wait before trying again what nobody answered, try by try. */
const AGAIN = [2000, 5000, 10_000, 20_000, 40_000, 60_000];
/** More than this a browser does not send on behalf of a page that is being left. */
const LEAVING = 60_000;

const NO_CONNECTION = "Not saved: no connection. We keep trying; do not close this page.";
const NO_ANSWER = "Not saved yet: the service did not answer. We keep trying; do not close this page.";
const SIGNED_OUT = "Not saved: you have been signed out. Sign in again to go on: what you typed comes with you.";
const NOT_ACCEPTED = "Not saved: the service did not accept what this page sent. You may have signed in again in another tab, or cookies are off. Copy what you typed, then open the page again.";
const GONE = "Not saved: this page is not there any more. Copy what you typed before you leave it.";

if (form) begin(form);

function begin(form) {
  const place = form.querySelector("[data-saving]");
  const status = place.querySelector("[data-saving-status]");
  const alert = place.querySelector("[data-saving-alert]");
  let saved = "typed" in form.dataset ? null : written(); // what the server has
  let refused = null; // what it would not take as it stands
  let lost = null; // what was sent and nobody answered: it may have been saved
  let running = null;
  let isStopped = false;
  let tries = 0;
  let timer;

  /** What stands in the form, without what says who sends it and at which version. */
  function written() {
    return String(new URLSearchParams(entries().filter(([name]) => !["csrfmiddlewaretoken", "intent", "writer", "version"].includes(name))));
  }

  function entries() {
    return [...new FormData(form)].filter(([, value]) => typeof value === "string");
  }

  function say(text) {
    // The same words again would be read out again.
    if (status.textContent !== text) status.textContent = text;
    alert.replaceChildren();
  }

  function warn(text, action = "") {
    status.textContent = "";
    if (alert.dataset.said === text && alert.childElementCount) return;
    alert.dataset.said = text;
    const line = document.createElement("p");
    line.textContent = text;
    alert.replaceChildren(line);
    if (!action) return;
    const button = place.querySelector("[data-saving-button]").content.firstElementChild.cloneNode();
    button.textContent = action;
    alert.append(button);
  }

  function schedule(after = AFTER_TYPING) {
    clearTimeout(timer);
    if (!isStopped) timer = setTimeout(save, after);
  }

  function save() {
    clearTimeout(timer);
    if (isStopped || running) return running;
    const text = written();
    if (!lost && (text === saved || text === refused)) return null;
    // What may have been saved is asked for again first, as it was: its answer brings the version.
    const sent = lost ?? { text, body: new URLSearchParams([...entries(), ["autosave", "yes"]]) };
    running = send(sent).finally(() => {
      running = null;
      if (!isStopped && !lost && ![saved, refused].includes(written())) schedule();
    });
    return running;
  }

  async function send(sent) {
    let answer;
    let said = null;
    try {
      answer = await fetch(form.action, {
        method: "POST",
        body: sent.body,
        headers: { accept: "application/json" },
        redirect: "manual",
        keepalive: String(sent.body).length < LEAVING,
        signal: AbortSignal.timeout(PATIENCE),
      });
      if (answer.headers.get("content-type")?.startsWith("application/json")) said = await answer.json();
    } catch {
      tryAgain(sent, NO_CONNECTION);
      return;
    }
    const isNoAnswer = answer.status >= 500 || [408, 429].includes(answer.status) || (answer.status === 409 && !said);
    if (isNoAnswer) tryAgain(sent, NO_ANSWER);
    else heard(answer, said, sent);
  }

  function tryAgain(sent, text) {
    lost = sent;
    warn(text);
    schedule(AGAIN[Math.min(tries, AGAIN.length - 1)]);
    tries += 1;
  }

  function heard(answer, said, sent) {
    lost = null;
    tries = 0;
    const why = (said?.problems ?? []).map((problem) => problem.text).join(" ");
    if (answer.ok && said) took(said, sent);
    else if (answer.type === "opaqueredirect" || answer.status === 401 || (answer.status === 403 && said)) signedOut();
    else if (answer.status === 409) stop(`Not saved. ${why}`, "See what is saved and what you typed");
    else if ([413, 422].includes(answer.status)) notTaken(said?.problems ?? [], sent);
    else if ([404, 410].includes(answer.status)) stop(GONE);
    else stop(NOT_ACCEPTED);
  }

  function took(said, sent) {
    const leftOut = said.problems ?? [];
    saved = sent.text;
    refused = null;
    form.elements.version.value = said.version;
    showAtFields(leftOut);
    showFigures(said);
    if (!said.is_complete) document.querySelector("[data-completed]")?.remove();
    const but = leftOut.length ? ` But for this: ${leftOut.map((problem) => problem.text).join(" ")}` : "";
    say(`Saved at ${said.saved_at}.${said.over ? ` ${said.over}` : ""}${but}`);
    form.dispatchEvent(new CustomEvent("launchpad:saved", { bubbles: true, detail: { ...said, isAll: !leftOut.length && written() === sent.text } }));
  }

  /** The sums of the page and which rules they break, as they stand after a save. */
  function showFigures({ figures = {}, told }) {
    for (const place of document.querySelectorAll("[data-figure]")) {
      const text = figures[place.dataset.figure];
      if (text !== undefined && place.textContent !== text) place.textContent = text;
    }
    const place = document.querySelector("[data-told]");
    if (place && told !== undefined) place.replaceChildren(...new DOMParser().parseFromString(told, "text/html").body.childNodes);
  }

  function notTaken(problems, sent) {
    refused = sent.text;
    showAtFields(problems);
    say(`Not saved yet. ${problems.map((problem) => problem.text).join(" ")}`);
  }

  function signedOut() {
    stop(SIGNED_OUT, "Sign in again");
    document.dispatchEvent(new Event("launchpad:signed-out"));
  }

  function stop(text, action) {
    isStopped = true;
    warn(text, action);
  }

  /** Put each problem under its field, but for the one that is being written: that is not finished. */
  function showAtFields(problems) {
    for (const old of form.querySelectorAll("[data-autosave-problem]")) old.remove();
    for (const { text, href } of problems) {
      const group = href && form.querySelector(href)?.closest(".govuk-form-group, .score-field");
      if (!group || (group.contains(document.activeElement) && document.activeElement.type !== "textarea")) continue;
      const line = document.createElement("p");
      line.className = group.matches(".score-field") ? "score-field__error" : "govuk-error-message";
      line.dataset.autosaveProblem = "";
      line.textContent = text;
      group.append(line);
    }
  }

  form.addEventListener("input", () => schedule());
  form.addEventListener("focusout", () => save());
  document.addEventListener("visibilitychange", () => { if (document.hidden) save(); });
  window.addEventListener("pagehide", () => save());
  window.addEventListener("online", () => { if (lost) save(); });
  form.addEventListener("submit", async (event) => {
    clearTimeout(timer);
    if (isStopped || (!running && !lost)) {
      isStopped = true;
      return;
    }
    // The answer under way brings the version that this save has to carry.
    event.preventDefault();
    const { submitter } = event;
    await (running ?? save());
    if (lost) return;
    isStopped = true;
    form.requestSubmit(submitter);
  });
}
