"""What a person is told where a decision about money is refused."""

from accounts.formats import local_time
from accounts.models import User
from accounts.refusals import Refusal
from applications.workflow import MoveRefused
from funding import awards, duties
from funding.ledger import ApprovalsStopped
from funding.verdicts import AlreadyDecided, SheetChanged

SECOND_PERSON = "You proposed this allocation. Another approver has to decide it."


def told(refusal: Refusal, person: User) -> str:
    """One or two sentences for this person; what another region's budget has left is not in them."""
    match refusal:
        case AlreadyDecided():
            return f"Already {refusal.word} by {refusal.by} at {local_time(refusal.at)}."
        case SheetChanged():
            changed = ", ".join(refusal.references)
            return f"The panel sheet has changed since this was proposed, for {changed}. Propose again."
        case duties.SamePerson():
            return SECOND_PERSON
        case ApprovalsStopped():
            return "Approvals are stopped: the ledger does not add up."
        case awards.NothingToAward():
            return "The award comes to nothing."
        case MoveRefused():
            return "Its state has changed since this was proposed. Nothing has been done."
    text = refusal.told_to(person)
    text = text[:1].upper() + text[1:]
    return text if text.endswith(".") else f"{text}."
