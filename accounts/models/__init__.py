from accounts.models.append_only import AppendOnly
from accounts.models.audit import AuditEntry, AuditSeal, AuditWaiting
from accounts.models.clock_setting import ClockSetting
from accounts.models.edited import NOTED, Edited
from accounts.models.heartbeat import Heartbeat
from accounts.models.holding import EVERY_ROW, NO_ROW, Holding, in_regions_of, regions_of
from accounts.models.intent import Intent
from accounts.models.job_run import JobRun
from accounts.models.notification import Notification
from accounts.models.organisation import Kind, Membership, Organisation, Size
from accounts.models.owed import ENDS, Owed, OwedQuerySet, OwedState
from accounts.models.region import Region
from accounts.models.role_change import IN_EFFECT, ChangeState, RoleChange
from accounts.models.token import ApiToken
from accounts.models.user import User
from accounts.models.wording_version import WordingVersion

__all__ = [
    "ENDS",
    "EVERY_ROW",
    "IN_EFFECT",
    "NOTED",
    "NO_ROW",
    "ApiToken",
    "AppendOnly",
    "AuditEntry",
    "AuditSeal",
    "AuditWaiting",
    "ChangeState",
    "ClockSetting",
    "Edited",
    "Heartbeat",
    "Holding",
    "Intent",
    "JobRun",
    "Kind",
    "Membership",
    "Notification",
    "Organisation",
    "Owed",
    "OwedQuerySet",
    "OwedState",
    "Region",
    "RoleChange",
    "Size",
    "User",
    "WordingVersion",
    "in_regions_of",
    "regions_of",
]
