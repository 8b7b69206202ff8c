"""What the database refuses of an application by itself, in its own language."""

#: Refuses wider limits than a granted waiver of the application gives.
AS_WAIVED = """
    IF (NEW.waived_amount IS DISTINCT FROM OLD.waived_amount AND NEW.waived_amount IS NOT NULL
        AND NOT EXISTS (
            SELECT FROM applications_waiver
            WHERE application_id = NEW.id AND state = 'granted' AND amount = NEW.waived_amount
        ))
        OR (NEW.waived_months IS DISTINCT FROM OLD.waived_months AND NEW.waived_months IS NOT NULL
        AND NOT EXISTS (
            SELECT FROM applications_waiver
            WHERE application_id = NEW.id AND state = 'granted' AND months = NEW.waived_months
        ))
    THEN
        RAISE EXCEPTION 'no granted waiver gives application % these limits', NEW.reference
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""

#: Refuses to find ineligible what is decided: the money that was promised with it stands.
UNDECIDED = """
    IF OLD.status NOT IN ('submitted', 'in assessment', 'ineligible') THEN
        RAISE EXCEPTION 'application % is % and does not become ineligible', NEW.reference, OLD.status
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""

#: Refuses a reinstatement by whoever found the application ineligible.
SOMEBODY_ELSE = """
    IF NEW.made_by_id = (
        SELECT made_by_id FROM applications_statuschange
        WHERE application_id = NEW.application_id AND after = 'ineligible' ORDER BY id DESC LIMIT 1
    ) THEN
        RAISE EXCEPTION 'application % is reinstated by whoever found it ineligible', NEW.application_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""
