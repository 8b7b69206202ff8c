// Says before a session ends, keeps it by one press, and says so once it has ended. The service ends it by
// itself; without this, what is sent afterwards is kept while one signs in.

const dialog = document.getElementById("session");
const ADDRESS = dialog.querySelector("[data-session-stay]").action;
/** How long before the end it is said, how often it is looked, and how often another window is thought of. */
const BEFORE = 5 * 60_000;
const EVERY = 2000;
const ANOTHER = 20_000;

let end = Date.now() + Number(dialog.dataset.left) * 1000;
let asked = Date.now();
let isOver = false;
let undo = () => {};
let isLast = false; // it cannot be made longer any more
let isAsking = false;

const left = () => end - Date.now();

async function ask(options = {}) {
  asked = Date.now();
  const answer = await fetch(ADDRESS, { headers: { accept: "application/json" }, cache: "no-store", ...options });
  if (!answer.ok) throw new Error(String(answer.status));
  const said = await answer.json();
  end = Date.now() + said.left * 1000;
  dialog.querySelector("[data-session-at]").textContent = said.ends;
  const isTheirs = said.left > 0 && String(said.person) === dialog.dataset.person;
  // After another sign-in the page's forms would be refused for their old token.
  if (isTheirs) for (const field of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) field.value = said.token;
  return isTheirs;
}

function warn() {
  if (!dialog.open && !isLast) dialog.showModal();
}

function over() {
  if (isOver) return;
  isOver = true;
  const { title } = document;
  document.title = "Signed out – Launchpad";
  document.documentElement.classList.add("launchpad-signed-out");
  dialog.querySelector("[data-session-warning]").hidden = true;
  dialog.querySelector("[data-session-ended]").hidden = false;
  dialog.setAttribute("aria-labelledby", "session-ended-title");
  const here = window.location.pathname + window.location.search;
  const link = dialog.querySelector("[data-session-in]");
  link.href = `${link.getAttribute("href")}?next=${encodeURIComponent(here)}`;
  const form = document.querySelector("form[data-keep]");
  const send = (event) => { event.preventDefault(); form.requestSubmit(); };
  if (form) {
    // Sent now, the form's text goes along while one signs in.
    link.addEventListener("click", send);
    dialog.querySelector("[data-session-kept]").hidden = false;
  } else if (document.querySelector("form[method=post] textarea")) {
    link.target = "_blank";
    dialog.querySelector("[data-session-waits]").hidden = false;
    dialog.querySelector("[data-session-tab]").hidden = false;
  }
  undo = () => {
    isOver = false;
    document.title = title;
    document.documentElement.classList.remove("launchpad-signed-out");
    link.removeEventListener("click", send);
    link.href = link.href.split("?")[0];
    dialog.querySelector("[data-session-warning]").hidden = false;
    dialog.querySelector("[data-session-ended]").hidden = true;
    dialog.setAttribute("aria-labelledby", "session-title");
    dialog.close();
  };
  if (!dialog.open) dialog.showModal();
  document.getElementById("session-ended-title").focus();
}

/** Look how far it is; somebody may have gone on, or signed out, in another window. */
async function look(isCertain = false) {
  if (isOver || isAsking) return;
  const isNear = left() <= BEFORE;
  if (!isCertain && !(isNear && (!dialog.open || left() <= 0 || Date.now() - asked > ANOTHER))) return;
  isAsking = true;
  try {
    if (!(await ask())) over();
  } catch {
    // Nobody answers: the time passes all the same.
    if (left() <= 0) over();
  }
  isAsking = false;
  if (isOver) return;
  if (left() <= BEFORE) warn();
  else if (dialog.open) dialog.close();
}

/** The same person has signed in again in another tab: the page is theirs once more. */
async function comeBack() {
  if (await ask().catch(() => false)) undo();
}

dialog.addEventListener("cancel", (event) => { if (isOver) event.preventDefault(); });
dialog.querySelector("[data-session-stay]").addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    if (!(await ask({ method: "POST", body: new URLSearchParams(new FormData(event.target)) }))) over();
  } catch {
    if (left() <= 0) over();
    return;
  }
  if (isOver) return;
  isLast = left() <= BEFORE;
  dialog.close();
});
setInterval(look, EVERY);
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  if (isOver) comeBack();
  else look(left() <= BEFORE);
});
// The service has answered that nobody is signed in.
document.addEventListener("launchpad:signed-out", () => look(true));
// Brought back by "Back", a page may be from before somebody signed out.
window.addEventListener("pageshow", (event) => {
  if (event.persisted || performance.getEntriesByType("navigation")[0]?.type === "back_forward") look(true);
});
