// Keeps what somebody types into a page of theirs in this browser until it is saved, and offers it
// afterwards. It is theirs: under their number, and gone once they sign out.

const PREFIX = "launchpad-kept:";
const LONGEST = 7 * 24 * 60 * 60 * 1000;
/** Fields that are no text of the writer's. */
const LEFT_OUT = new Set(["csrfmiddlewaretoken", "intent", "writer", "version"]);

const form = document.querySelector("form[data-keep]");
const key = form && `${PREFIX}${form.dataset.keep}:${new URL(form.action).pathname}`;

/** Do without where the browser keeps nothing, or has no room left. */
function attempt(what) {
  try {
    return what();
  } catch {
    return null;
  }
}

const read = (name) => attempt(() => JSON.parse(localStorage.getItem(name)));
const write = (name, value) => attempt(() => localStorage.setItem(name, JSON.stringify(value)));
const remove = (name) => attempt(() => localStorage.removeItem(name));
const names = () => attempt(() => Object.keys(localStorage).filter((name) => name.startsWith(PREFIX))) ?? [];

function typed() {
  return [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !LEFT_OUT.has(name));
}

/** As the server has it: line ends are alike, and what is empty is nothing. */
const plain = (fields) => JSON.stringify(fields.filter(([, value]) => value).map(([name, value]) => [name, value.replaceAll("\r\n", "\n")]));

/** Drop what is too old, and what was sent and has just been answered with "Done". */
function tidy() {
  const isDone = document.querySelector(".govuk-notification-banner--success, .messagelist .success") !== null;
  for (const name of names()) {
    const kept = read(name);
    if (!kept || Date.now() - kept.at > LONGEST || (isDone && kept.isSent)) remove(name);
  }
}

function keepWhatIsTyped() {
  let timer;
  const keep = (isSent = false) => {
    clearTimeout(timer);
    write(key, { at: Date.now(), version: form.elements.version?.value ?? "", fields: typed(), isSent });
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(keep, 250);
  });
  form.addEventListener("submit", () => keep(true));
  window.addEventListener("pagehide", () => { if (timer && read(key) && !read(key).isSent) keep(); });
  form.addEventListener("launchpad:saved", (event) => {
    if (!event.detail.isAll) return;
    clearTimeout(timer);
    timer = null;
    remove(key);
  });
}

function fill(fields) {
  const values = Map.groupBy?.(fields, ([name]) => name) ?? grouped(fields);
  for (const control of form.elements) {
    if (!control.name || LEFT_OUT.has(control.name) || ["submit", "button", "hidden"].includes(control.type)) continue;
    const given = (values.get(control.name) ?? []).map(([, value]) => value);
    if (["radio", "checkbox"].includes(control.type)) {
      const isOn = given.includes(control.value);
      // Pressed, so that what stands under the choice shows too.
      if (control.checked !== isOn && (isOn || control.type === "checkbox")) control.click();
    } else {
      control.value = given[0] ?? "";
    }
  }
}

function grouped(fields) {
  const groups = new Map();
  for (const field of fields) groups.set(field[0], [...(groups.get(field[0]) ?? []), field]);
  return groups;
}

function offer(kept) {
  const banner = document.getElementById("kept").content.firstElementChild.cloneNode(true);
  const when = new Date(kept.at);
  const day = when.toDateString() === new Date().toDateString() ? "" : ` on ${when.toLocaleDateString("en-GB", { day: "numeric", month: "long" })}`;
  const time = when.toLocaleTimeString("en-GB", { hour: "numeric", minute: "2-digit", hour12: true }).replace(" ", "");
  banner.querySelector("[data-kept-when]").textContent = `You typed something here at ${time}${day}, and it was not saved.`;
  for (const [name, value] of kept.fields.filter(([name, value]) => value && !/-(TOTAL|INITIAL|MIN_NUM|MAX_NUM)_FORMS$/.test(name))) {
    const line = document.createElement("p");
    const label = form.elements[name]?.labels?.[0]?.textContent.trim();
    line.textContent = label ? `${label}: ${value}` : value;
    banner.querySelector("[data-kept-text]").append(line);
  }
  const done = () => {
    banner.remove();
    (form.querySelector("textarea, input:not([type=hidden])") ?? form).focus();
  };
  banner.querySelector("[data-kept-back]").addEventListener("click", () => {
    fill(kept.fields);
    // At the version that it was written over: what was saved since is not overwritten unasked.
    if (form.elements.version) form.elements.version.value = kept.version;
    done();
    form.dispatchEvent(new Event("input", { bubbles: true }));
    for (const area of form.querySelectorAll("textarea")) area.dispatchEvent(new Event("keyup"));
  });
  banner.querySelector("[data-kept-discard]").addEventListener("click", () => {
    remove(key);
    done();
  });
  (document.querySelector("h1") ?? form).after(banner);
}

tidy();
if (form) {
  const kept = read(key);
  const isAsSaved = kept && plain(kept.fields) === plain(typed());
  if (kept && !("typed" in form.dataset)) {
    if (isAsSaved) remove(key);
    else offer(kept);
  } else if ("typed" in form.dataset) {
    write(key, { at: Date.now(), version: form.elements.version?.value ?? "", fields: typed(), isSent: false });
  }
  keepWhatIsTyped();
}
for (const out of document.querySelectorAll('form[action$="/account/logout/"]')) {
  out.addEventListener("submit", () => names().forEach(remove));
}
