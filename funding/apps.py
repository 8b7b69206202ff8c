from django.apps import AppConfig


class FundingConfig(AppConfig):
    name = "funding"

    def ready(self):
        from accounts import relay, waiting
        from applications import outcome, setting_up, withdrawal
        from applications.assessment import reopening
        from funding import (
            assistance_steps,
            awards,
            budgets,
            notices,
            offer_steps,
            outcome_notices,
            regions,
            reopened,
            tasks,
        )
        from funding.models import FundingFile, ProgrammeReport, ScenarioRequest
        from funding.reports import failing
        from funding.to_do import (
            answering,
            approving,
            asking,
            changing,
            counting,
            ending,
            offering,
            proposing,
            raising,
            releasing,
            uploading,
        )

        relay.owed.append((ProgrammeReport, tasks.compile_reports))
        relay.owed.append((FundingFile, tasks.write_files))
        relay.owed.append((ScenarioRequest, tasks.work_out_scenarios))
        relay.given_up[ProgrammeReport] = failing.tell
        setting_up.bound_by.append(budgets.misfits)
        reopening.bound_by.append(reopened.binds)
        withdrawal.undoing.append(awards.reverse_of_withdrawn)
        outcome.known.append(outcome_notices.decided)
        outcome.next_steps += [assistance_steps.of, offer_steps.of]
        notices.register()
        regions.register()
        waiting.asked += [proposing, approving, changing, releasing]
        waiting.asked += [asking, offering, ending, raising, uploading, answering, counting]
