// A comfort of the page of a scenario that is worked out: looks how far it is, and goes to it once it is there.
// Without this, "Check again" does the same.

const FIRST = 700;
const EVERY = 3000;
const LOOKS = 100;
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
  const far = page.getElementById("request-progress");
  if (far) document.getElementById("request-progress").replaceWith(far);
  return false;
}

async function wait() {
  for (let looks = 0; looks < LOOKS; looks += 1) {
    await pause(looks ? EVERY : FIRST);
    if (!document.hidden && (await look().catch(() => false))) return;
  }
}

wait();
