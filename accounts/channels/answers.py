"""What a channel says where it does not say yes: never, or not now."""


class Refused(Exception):
    """Whoever carries the mail will never take this email; the words are theirs."""


class NotNow(Exception):
    """It did not work this time; the words say why."""


class MaybeTaken(NotNow):
    """All of the email was handed over, and no answer came: it may be on its way or not."""


class OurSetUp(NotNow):
    """A fault of ours, such as a password that was changed: it lasts until somebody mends it."""
