"""What a mail server's answer means, in words for people who never read one."""

import re

#: By the enhanced status code of RFC 3463 without its first figure, which only says whether for good.
MEANINGS = {
    "1.1": "mailbox does not exist",
    "1.2": "nobody receives mail for this address",
    "1.3": "address is not written as an address is",
    "1.6": "mailbox has moved",
    "1.10": "nobody receives mail for this address",
    "2.1": "mailbox is closed",
    "2.2": "mailbox is full",
    "2.3": "email is too large for the mailbox",
    "3.4": "email is too large for the mail server",
    "4.4": "nobody receives mail for this address",
}

#: Where a server says it without such a code.
PHRASES = (
    (re.compile(r"no such|unknown (user|recipient|mailbox)|does not exist|user unknown", re.I), "1.1"),
    (re.compile(r"full|over ?quota|exceeded storage", re.I), "2.2"),
)

#: What GOV.UK Notify reports of an email that came back.
RETURNED = {
    "permanent-failure": "mailbox does not exist",
    "temporary-failure": "mailbox could not be reached for three days",
    "technical-failure": "lost between mail servers",
}

#: What we find ourselves before a mail server could say it.
OTHER_LETTERS = "The mail server cannot write to an address with such letters before its @."
NO_ADDRESS = "The address is not written as an email address is."
FOUND_BY_US = {
    OTHER_LETTERS: "mail server cannot write to an address with such letters before its @",
    NO_ADDRESS: MEANINGS["1.3"],
}

ANSWER = re.compile(r"^[245]\d\d[ -]?(?:[245]\.(\d{1,3}\.\d{1,3})\s*)?(.*)$", re.S)


def in_words(answer: str) -> str:
    """Say ``550 5.1.1 No such mailbox`` as ``mailbox does not exist``; other words stay as they are."""
    if answer in RETURNED:
        return RETURNED[answer]
    if answer in FOUND_BY_US:
        return FOUND_BY_US[answer]
    found = ANSWER.match(answer)
    if not found:
        return answer.rstrip(".")
    code, said = found.groups()
    if code in MEANINGS:
        return MEANINGS[code]
    for phrase, meant in PHRASES:
        if phrase.search(said):
            return MEANINGS[meant]
    return f"the mail server answered: {answer}"


#: What a row says where it came to its end without a refusal, as ``accounts.delivery`` writes it.
GIVEN_UP = re.compile(r"^Given up after (\d+) tries over more than 48 hours\. The last: (.*)$", re.S)


def ended_in_words(answer: str) -> tuple[str, str]:
    """How a message ended undelivered, and why.

    ``Refused`` is a mail server's word for good, or ours of what no server takes. What was tried for
    48 hours was given up, with the last that was heard, and so was what no worker came to the end of.
    """
    if given_up := GIVEN_UP.match(answer):
        tries, last = given_up.groups()
        return "Given up", f"{in_words(last)} ({tries} tries over 48 hours)"
    if ANSWER.match(answer) or answer in FOUND_BY_US:
        return "Refused", in_words(answer)
    return "Given up", in_words(answer)


def why_undelivered(answer: str) -> str:
    """Why a message ended undelivered, in one phrase: refused goes without saying."""
    if answer in RETURNED:
        return RETURNED[answer]
    ended, reason = ended_in_words(answer)
    return reason if ended == "Refused" else f"{ended.lower()}, {reason}"
