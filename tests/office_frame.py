"""What every page of the office asks of the database, whatever it shows."""

import re

#: Session, person, roles and permissions, clock, the number of notifications, and whether the ledger adds up.
OF_THE_FRAME = re.compile(
    r"clock_timestamp|FROM \"(django_session|accounts_user|accounts_holding|accounts_notification"
    r"|funding_ledgercheck|auth_|django_content_type)|^SELECT COUNT.*accounts_notification"
)
