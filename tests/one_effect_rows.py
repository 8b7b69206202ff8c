"""What the matrix of one effect has to know of each form beside how it is sent."""

#: The actions of the audit trail that the form carries out.
DOES: dict[str, set[str]] = {
    "start an application": {"start application"},
    "save details": {"save details"},
    "save an answer": {"save answer"},
    "save an answer and complete it": {"save answer", "complete section"},
    "save the organisation's part": {"save organisation's part"},
    "add a cost line": {"save cost line"},
    "change a cost line": {"save cost line"},
    "remove a cost line": {"remove cost line"},
    "choose overheads": {"choose overheads"},
    "ask for funding": {"ask for funding"},
    "declare": {"save declarations"},
    "submit an application": {"submit application"},
    "reopen an application": {"reopen application"},
    "ask for a waiver": {"ask for waiver"},
    "decide a waiver": {"decide waiver"},
    "delete a draft": {"delete draft"},
    "withdraw an application": {"withdraw application"},
    "enter an organisation": {"enter organisation"},
    "change an organisation": {"change organisation"},
    "give to an assessor": {"give application to assessor"},
    "give selected applications": {"give application to assessor"},
    "save an assessment": {"save assessment"},
    "save an assessment and check it": {"save assessment"},
    "submit an assessment": {"submit assessment"},
    "decline an assessment": {"decline assessment"},
    "take back an assessment": {"withdraw assessment"},
    "propose an allocation": {"propose allocation"},
    "approve an allocation": {"approve allocation", "make award"},
    "refuse an allocation": {"refuse allocation"},
    "release outcomes": {"release outcomes"},
    "ask for a report": {"ask for programme report"},
    "count the ledger": {"check ledger"},
    "add a competition": {"add competition"},
    "change a competition": {"change competition"},
    "publish a competition": {"publish competition"},
    "move the close": {"move the close of a competition"},
    "ask for a role change": {"ask for role change"},
    "stop from signing in": {"stop from signing in"},
    "let sign in again": {"let sign in again"},
    "confirm a role change": {"confirm role change"},
    "refuse a role change": {"refuse role change"},
    "take back a role change": {"take back role change"},
    "send a notification again": {"send notification again"},
    "send selected notifications again": {"send notifications again"},
    "set a wording": {"set wording"},
    "set a competition's own wording": {"set wording"},
    "put a wording back": {"put wording back", "set wording"},
    "put a competition's own wording back": {"put wording back", "set wording"},
    "take a wording back": {"take wording back"},
    "send a wording to oneself": {"send wording to oneself"},
    # Of no consequence to anybody else, so no action of the trail.
    "mark notifications as read": set(),
    "choose when to be told": {"choose when to be told"},
}

#: Actions that no form under a key carries out, and what does.
WITHOUT_A_FORM = {
    "appoint administrator on the server": "a command",
    "draw closing list": "a job",
    "export": "each file that is asked for is noted",
    "issue token": "a command",
    "revoke token": "a command",
    "set the clock": "a command",
    "return to the real clock": "a command",
    "open budget": "loading a competition's budgets",
    "set ceiling": "loading a competition's budgets",
    "reverse award": "withdrawing what was awarded",
    "reopen section": "editing a section that was complete",
    "sign up": "a form without a key: an address has one account",
}

#: Forms that edit: other entries under the same key meet the version that was saved, and the page
#: shows both; what is typed then, and how the page writes what was saved and what was typed.
OTHERWISE: dict[str, tuple[dict[str, str], str, str]] = {
    "save details": ({"title": "A third title"}, "A better title", "A third title"),
    "save an answer": ({"text": "A third scope."}, "Another scope.", "A third scope."),
    "save an answer and complete it": ({"text": "A third scope."}, "Another scope.", "A third scope."),
    "save the organisation's part": ({"work_postcode": "L2 2DP"}, "L1 8JQ", "L2 2DP"),
    "choose overheads": ({"method": "twenty"}, "No overheads", "20% of labour costs"),
    "change a cost line": ({"description": "Another role"}, "Engineer", "Another role"),
    "ask for funding": ({"percentage_asked": "35"}, "40%", "35%"),
    "declare": ({"is_exploited_from_uk": "False"}, "Yes", "No"),
    "change an organisation": ({"name": "A Third Name Ltd"}, "Another Name Ltd", "A Third Name Ltd"),
    "save an assessment": ({"note_to_staff": "Argued otherwise."}, "Well argued.", "Argued otherwise."),
    "save an assessment and check it": (
        {"note_to_staff": "Argued otherwise."},
        "Well argued.",
        "Argued otherwise.",
    ),
    "change a competition": ({"summary": "A third summary."}, "Another summary.", "A third summary."),
    "set a wording": ({"subject": "Thank you"}, "Received", "Thank you"),
    "set a competition's own wording": (
        {"subject": "Received with thanks"},
        "Received",
        "Received with thanks",
    ),
}

#: Forms whose thing is over once it was done: the page says so, whatever else is sent.
GONE = {"remove a cost line": 404, "decline an assessment": 404}

#: Forms where other entries are simply what is wanted next.
FURTHER = {
    "choose when to be told": "of two choices the last one holds",
    "send a wording to oneself": "other words are another test",
}

#: Money, submissions and what makes something new are pressed twice at the same moment too.
AT_ONCE = (
    "start an application",
    "add a cost line",
    "submit an application",
    "withdraw an application",
    "give to an assessor",
    "submit an assessment",
    "propose an allocation",
    "approve an allocation",
    "refuse an allocation",
    "release outcomes",
    "ask for a report",
    "count the ledger",
    "add a competition",
    "confirm a role change",
)

#: Whose next page shows by itself what was done.
SAY_NOTHING = {"start an application", "reopen an application", "save an assessment and check it"}
