// A comfort of the waiting report page: looks how far the report is, and puts it in its place once it is there.
// Without this, "Check again" does the same.

const EVERY = 3000;
const LOOKS = 100;
const SAYS = {
  done: "The report is ready.",
  failed: "The report could not be compiled.",
  void: "The report was cancelled.",
};

const pause = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

async function look() {
  const answer = await fetch(window.location.pathname, { headers: { accept: "text/html" } });
  if (!answer.ok) return null;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return page.getElementById("report");
}

async function wait() {
  for (let looks = 0; looks < LOOKS; looks += 1) {
    await pause(EVERY);
    if (document.hidden) continue;
    const found = await look().catch(() => null);
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
