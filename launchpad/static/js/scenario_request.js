// A comfort of the page of a scenario that is worked out: looks how far it is, and goes to it once it is there.
// Without this, "Check again" does the same.

const FIRST = 700;
const EVERY = 3000;
const OFTEN = 100; // so many looks; then less often, for as long as the page is open
const SELDOM = 15000;
/** What changes while it is under way, by its id. */
const PARTS = ["request-standing", "request-progress"];
const SAYS = {
  done: "The scenario has no answer.",
  failed: "The scenario could not be worked out.",
  void: "The scenario was cancelled.",
};

const pause = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

/** Whether there is nothing more to look for. */
async function look() {
  const answer = await fetch(window.location.pathname, { headers: { accept: "text/html" } });
  if (!answer.ok) return false;
  if (answer.redirected) {
    window.location.replace(answer.url);
    return true;
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const found = page.getElementById("request");
  if (found && SAYS[found.dataset.state]) {
    document.getElementById("request").replaceWith(found);
    document.getElementById("news").textContent = SAYS[found.dataset.state];
    return true;
  }
  for (const id of found ? PARTS : []) {
    document.getElementById(id).replaceWith(page.getElementById(id));
  }
  return false;
}

async function wait() {
  await pause(FIRST);
  for (let looks = 1; document.hidden || !(await look().catch(() => false)); looks += 1) {
    await pause(looks < OFTEN ? EVERY : SELDOM);
  }
}

wait();
