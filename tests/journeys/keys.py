"""Somebody at a keyboard, without script: from stop to stop, and each page read by axe."""

from playwright.sync_api import Browser, Page

from accounts.models import User
from tests import browser as browsers
from tests.axe import assert_accessible

#: More stops than any page of the office has.
MOST_STOPS = 200

#: What has the focus: its name as it is read out, its field, whether it is seen to have it, and whether
#: something else stands over it.
STOP = """() => {
    const one = document.activeElement;
    if (!one || one === document.body) return null;
    const style = getComputedStyle(one), box = one.getBoundingClientRect();
    const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
    const x = Math.min(Math.max(box.left + Math.min(box.width, 20) / 2, 0), innerWidth - 1);
    const y = Math.min(Math.max(box.top + Math.min(box.height, 20) / 2, 0), innerHeight - 1);
    const there = document.elementFromPoint(x, y);
    const label = one.labels && one.labels.length ? one.labels[0].innerText : "";
    const text = one.getAttribute("aria-label") || label || one.innerText || one.value || "";
    return {
        name: text.replace(/\\s+/g, " ").trim(), field: one.name || "", value: one.value || "",
        is_seen: outlined || style.boxShadow !== "none",
        is_covered: !(there && (there === one || one.contains(there) || there.contains(one))),
        in_main: Boolean(one.closest("#main, main")),
    };
}"""


class Keys:
    """Somebody at a keyboard, in a browser that runs no script of the page."""

    def __init__(self, site: browsers.Website, browser: Browser, person: User, begins: str = "/admin/"):
        # axe is script itself, so it reads the same page in a browser beside that runs it.
        self.reader = site.open(browser, person=person)
        state = self.reader.context.storage_state()
        context = browser.new_context(
            java_script_enabled=False,
            storage_state=state,
            base_url=site.address,
            accept_downloads=True,
            viewport={"width": browsers.WIDE, "height": 900},
        )
        self.page: Page = context.new_page()
        self.page.set_default_timeout(60_000)
        self.page.goto(begins)
        self.looks()

    def looks(self) -> None:
        """The page is accessible, and no stop is put out of the order in which it is read."""
        self.reader.goto(self.page.url)
        assert_accessible(self.reader)
        assert self.page.locator("[tabindex]:not([tabindex='0']):not([tabindex='-1'])").count() == 0

    def next(self) -> dict | None:
        self.page.keyboard.press("Tab")
        return self.page.evaluate(STOP)

    def to(self, name: str = "", *, field: str = "", value: str = "") -> None:
        """Go on from stop to stop until the one wanted; every one on the way is seen to have the focus."""
        passed = []
        for _ in range(MOST_STOPS):
            stop = self.next()
            if stop is None:
                continue
            passed.append(stop["name"] or stop["field"])
            assert stop["is_seen"], f"nothing shows that “{passed[-1]}” has the focus"
            assert not stop["is_covered"], f"something stands over “{passed[-1]}”"
            is_named = stop["name"].startswith(name) if name else stop["field"].startswith(field)
            if is_named and (not value or stop["value"] == value):
                return
        raise AssertionError(f"no “{name or field}” on {self.page.url} among {passed}")

    def press(self, name: str) -> None:
        """Go to a link or button and press Enter."""
        self.to(name)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        self.looks()

    def types(self, field: str, text: str) -> None:
        self.to(field=field)
        self.page.keyboard.type(text)

    def says_yes(self, field: str) -> None:
        self.to(field=field, value="yes")
        self.page.keyboard.press("Space")

    def chooses(self, field: str, value: str) -> None:
        """Come to a group of radio buttons and go down it to the one wanted."""
        self.to(field=field)
        self.page.keyboard.press("Space")
        for _ in range(MOST_STOPS):
            if self.page.evaluate("document.activeElement.value") == value:
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{field} has no {value}")

    def ticks(self, field: str) -> None:
        self.to(field=field)
        self.page.keyboard.press("Space")

    def sees(self, text: str) -> None:
        assert text in self.page.locator("body").inner_text()
