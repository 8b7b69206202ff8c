from django.db.migrations.operations.base import Operation


class InstallTriggers(Operation):
    """Makes the triggers that the models of this app have among their options.

    For a first migration, whose ``CreateModel`` name triggers, constraints and indexes together. One
    operation for each of them would have Django make all models anew each time, which took nine tenths
    of the time that an empty database needed.
    """

    reversible = True

    def state_forwards(self, app_label, state):
        """The models have them already."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        for trigger in self._triggers(app_label, to_state):
            # Written out whole: nothing in it is a parameter.
            schema_editor.execute(trigger.install_sql, params=None)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        for trigger in self._triggers(app_label, from_state):
            schema_editor.execute(trigger.uninstall_sql, params=None)

    def describe(self):
        return "Create the triggers of the models"

    def _triggers(self, app_label, state):
        for (app, _), model in state.models.items():
            if app == app_label:
                yield from model.options.get("triggers", ())
