"""Accessibility by axe-core, in the browser that playwright drives: ``assert_accessible(page)``."""

from pathlib import Path

SCRIPT = Path(__file__).resolve().parent.parent / "node_modules" / "axe-core" / "axe.min.js"

#: WCAG 2.2 AA, and axe's own good practice, which keeps landmarks and headings in order.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def assert_accessible(page, *, within: str = "html") -> None:
    """Fail with one line for each breach that axe finds on the page as it stands.

    within  a CSS selector: look at this part alone

    Also fails where the page is wider than the window, so that it would scroll sideways.
    """
    if not page.evaluate("typeof window.axe === 'object'"):
        # Evaluated by the browser's debugger, so the content security policy stays as it is.
        page.evaluate(SCRIPT.read_text(encoding="utf-8"))
    found = page.evaluate(
        "([within, rules]) => axe.run(within, {runOnly: rules, resultTypes: ['violations']})",
        [within, RULES],
    )
    breaches = [
        f"{breach['id']}: {breach['help']} at {node['target'][0]}: {node['failureSummary']}"
        for breach in found["violations"]
        for node in breach["nodes"]
    ]
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if overflow > 0:
        breaches.append(f"the page is {overflow} px wider than the window")
    assert not breaches, f"{page.url}\n" + "\n".join(breaches)
