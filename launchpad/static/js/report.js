// A comfort of the waiting report page: looks how far the report is, and puts it in its place once it is there.
// Without this, "Check again" does the same.

// A file may be written for a quarter of an hour and wait for others before: after five minutes we look less often.
const EVERY = 3000;
const OFTEN = 100;
const SELDOM = 15000;
const SAYS = {
  done: "The report is ready.",
  failed: "The report could not be compiled.",
  void: "The report was cancelled.",
};

const pause = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

async function look() {
  const answer = await fetch(window.location.pathname, { headers: { accept: "text/html" } });
  // Whoever is not signed in any more has to see that, by the link.
  if (answer.redirected) return undefined;
  if (!answer.ok) return null;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return page.getElementById("report");
}

async function wait() {
  for (let looks = 0; ; looks += 1) {
    await pause(looks < OFTEN ? EVERY : SELDOM);
    if (document.hidden) continue;
    const found = await look().catch(() => null);
    if (found === undefined) return;
    if (found && SAYS[found.dataset.state]) {
      document.getElementById("report").replaceWith(found);
      document.getElementById("news").textContent =
        found.dataset.says || SAYS[found.dataset.state];
      return;
    }
    const far = found && found.querySelector("#report-progress");
    if (far) document.getElementById("report-progress").replaceWith(far);
  }
}

wait();
