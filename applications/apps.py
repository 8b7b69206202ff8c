from django.apps import AppConfig


class ApplicationsConfig(AppConfig):
    name = "applications"

    def ready(self):
        from accounts import merging, relay, rewording, sign_up, waiting
        from accounts.models.notification import to_others
        from applications import merged, notices, regions, tasks
        from applications.assessment import inviting
        from applications.desk_to_do import checking, moderating
        from applications.models import ReceiptCopy
        from applications.to_do import assessing, assigning, deciding_waivers, keeping_a_profile, replacing

        relay.owed.append((ReceiptCopy, tasks.make_receipt_copies))
        sign_up.invited_on["applications:assessor_invitation"] = inviting.address_of
        to_others.add(inviting.ASSESSOR_INVITATION)
        notices.register()
        rewording.scopes.append(notices.competitions_for)
        regions.register()
        merging.moved.append(merged.PARTS)
        waiting.asked += [
            keeping_a_profile, assessing, deciding_waivers, checking, assigning, replacing, moderating,
        ]  # fmt: skip
