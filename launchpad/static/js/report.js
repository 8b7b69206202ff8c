// A comfort of the waiting report page: looks whether the report is there, and puts it in its place.
// Without this, "Check again" does the same.

const EVERY = 3000;
const LOOKS = 100;
const ENDS = new Set(["done", "failed", "void"]);

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
    if (found && ENDS.has(found.dataset.state)) {
      document.getElementById("report").replaceWith(found);
      document.getElementById("news").textContent =
        found.dataset.state === "done" ? "The report is ready." : "The report could not be compiled.";
      return;
    }
  }
}

wait();
