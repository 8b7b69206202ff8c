"""The ways an e-mail leaves the house. Each either has it taken, or says why not in one of two words."""


class Refused(Exception):
    """Whoever carries the mail will never take this e-mail; the words are theirs."""


class NotNow(Exception):
    """It did not work this time; the words say why."""
