from accounts.models.append_only import AppendOnly
from accounts.models.audit import AuditEntry, AuditSeal, AuditWaiting
from accounts.models.clock_setting import ClockSetting
from accounts.models.edited import NOTED, Edited
from accounts.models.email_change import EmailChange, EmailChangeState
from accounts.models.heartbeat import Heartbeat
from accounts.models.holding import EVERY_ROW, NO_ROW, Holding, in_regions_of, regions_of
from accounts.models.intent import Intent
from accounts.models.invitation import Invitation, InvitationState
from accounts.models.job_run import JobRun
from accounts.models.membership_request import MembershipRequest, RequestState
from accounts.models.notification import Notification
from accounts.models.organisation import Kind, Membership, Organisation, Size
from accounts.models.owed import ENDS, Owed, OwedQuerySet, OwedState, ends_once
from accounts.models.region import Region
from accounts.models.role_change import IN_EFFECT, ChangeState, RoleChange
from accounts.models.size_figures import SizeFigures
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
    "EmailChange",
    "EmailChangeState",
    "Heartbeat",
    "Holding",
    "Intent",
    "Invitation",
    "InvitationState",
    "JobRun",
    "Kind",
    "Membership",
    "MembershipRequest",
    "Notification",
    "Organisation",
    "Owed",
    "OwedQuerySet",
    "OwedState",
    "Region",
    "RequestState",
    "RoleChange",
    "Size",
    "SizeFigures",
    "User",
    "WordingVersion",
    "ends_once",
    "in_regions_of",
    "regions_of",
]
