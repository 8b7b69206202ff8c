"""The base of every refusal that a rule of the programme makes, so that all are noted in one place."""


class Refusal(Exception):
    """A rule was not met: nothing was done, and the person is told why.

    Not for faults of ours. The audit trail names the class and ``facts``, never the text, since
    the text may name people.
    """

    @property
    def facts(self) -> dict:
        """Ids, codes, sums and counts that say what the rule was about; nothing personal."""
        return {}

    def told_to(self, person) -> str:
        """What this person is told, where not everybody may know all of it."""
        return str(self)


class RoleMissing(Refusal):
    """The person holds none of the roles that this needs."""
