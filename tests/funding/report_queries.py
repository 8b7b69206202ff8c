"""The rows that each table of the programme report is counted from again, by SQL."""

#: A budget's ceiling, and from the ledger alone what of it stands where.
BUDGETS = """
    SELECT b.name, b.kind, b.ceiling,
        COALESCE(sum(CASE WHEN t.target = 'paid' THEN t.amount WHEN t.source = 'paid' THEN -t.amount END), 0),
        COALESCE(sum(
            CASE WHEN t.target = 'committed' THEN t.amount WHEN t.source = 'committed' THEN -t.amount END
        ), 0),
        COALESCE(sum(
            CASE WHEN t.target = 'reserved' THEN t.amount WHEN t.source = 'reserved' THEN -t.amount END
        ), 0)
    FROM funding_budget b LEFT JOIN funding_transfer t ON t.budget_id = b.id AND t.award_id IS NOT NULL
    WHERE b.id IN (
        SELECT unnest(ARRAY[d.programme_id, d.region_id, d.pot_id, d.part_id])
        FROM funding_competitionbudgets d JOIN applications_competition c ON c.id = d.competition_id
        WHERE c.code = ANY(%s)
    )
    GROUP BY b.id
    ORDER BY array_position(ARRAY['programme', 'region', 'pot', 'part'], b.kind::text), b.code
"""
#: Of each live award the financial year it was approved in, and by the ledger what of it stands where.
STANDS = """
    SELECT w.application_id,
        extract(year FROM (w.made_at AT TIME ZONE 'Europe/London') - interval '3 months')::int,
        sum(CASE 'reserved' WHEN t.target THEN t.amount WHEN t.source THEN -t.amount ELSE 0 END),
        sum(CASE 'committed' WHEN t.target THEN t.amount WHEN t.source THEN -t.amount ELSE 0 END),
        sum(CASE 'paid' WHEN t.target THEN t.amount WHEN t.source THEN -t.amount ELSE 0 END)
    FROM funding_award w JOIN funding_transfer t ON t.award_id = w.id
    JOIN funding_budget b ON b.id = t.budget_id
    WHERE b.kind = 'programme' AND w.status IN ('reserved', 'committed') AND w.application_id = ANY(%s)
    GROUP BY w.id
"""
PARTS = """
    SELECT p.application_id, p.organisation_id, p.is_lead, p.size, p.work_area_id, p.elsewhere,
        COALESCE((
            SELECT s.grant FROM funding_awardshare s JOIN funding_award w ON w.id = s.award_id
            WHERE s.participant_id = p.id AND w.status IN ('reserved', 'committed')
        ), 0)
    FROM applications_participant p WHERE p.application_id = ANY(%s)
"""
AGAINST = """
    SELECT d.rule, d.application_id FROM applications_ruledecision d
    WHERE d.application_id = ANY(%s) AND d.outcome IN ('does not meet', 'out of scope')
        AND d.id = (
            SELECT max(x.id) FROM applications_ruledecision x
            WHERE x.application_id = d.application_id AND x.rule = d.rule
        )
"""
DECIDED_BY = """
    SELECT DISTINCT ON (c.code) c.code, s.method FROM funding_allocation a
    LEFT JOIN funding_scenario s ON s.id = a.scenario_id
    JOIN funding_allocation_competitions x ON x.allocation_id = a.id
    JOIN applications_competition c ON c.id = x.competition_id
    WHERE c.code = ANY(%s) AND a.state = 'approved' AND a.purpose = 'round'
    ORDER BY c.code, a.proposed_at DESC, a.id DESC
"""
TAKEN_OUT = """
    SELECT c.code, count(*) FILTER (WHERE e.question_id IS NULL), count(e.question_id)
    FROM applications_exclusion e JOIN applications_assessment s ON s.id = e.assessment_id
    JOIN applications_application a ON a.id = s.application_id
    JOIN applications_competition c ON c.id = a.competition_id
    WHERE c.code = ANY(%s) AND e.state = 'confirmed' AND e.lifts_id IS NULL
        AND NOT EXISTS (
            SELECT FROM applications_exclusion l WHERE l.lifts_id = e.id AND l.state = 'confirmed'
        )
    GROUP BY c.code
"""
STANDINGS = """
    SELECT CASE
            WHEN w.status = 'committed' THEN 'Accepted' WHEN w.status = 'ended' THEN 'Ended'
            WHEN w.status = 'reversed' THEN 'Reversed'
            WHEN w.status = 'lapsed' AND o.state = 'declined' THEN 'Declined'
            WHEN w.status = 'lapsed' AND o.state = 'withdrawn' THEN 'Withdrawn'
            WHEN w.status = 'lapsed' THEN 'Lapsed'
            WHEN a.released_at IS NULL OR a.released_at > %s OR a.told_status <> ''
                THEN 'Approved, not released'
            WHEN o.state = 'made' THEN 'Offer outstanding'
            ELSE 'Released, no offer yet' END,
        (SELECT sum(s.grant) FROM funding_awardshare s WHERE s.award_id = w.id)
    FROM funding_award w
    JOIN applications_application a ON a.id = w.application_id
    JOIN applications_competition c ON c.id = a.competition_id
    LEFT JOIN LATERAL (
        SELECT state FROM funding_offer WHERE award_id = w.id ORDER BY issued_at DESC, id DESC LIMIT 1
    ) o ON TRUE
    WHERE c.code = ANY(%s)
"""
#: The last day of each month of each project.
MONTHS = """
    SELECT a.id, n, (a.start_on + make_interval(months => n) - interval '1 day')::date
    FROM applications_application a, generate_series(1, a.duration_months) n
    WHERE a.id = ANY(%s) AND a.start_on IS NOT NULL
"""
AREAS = """
    SELECT r.id, r.name, r.code, g.name, r.is_core
    FROM applications_area r JOIN accounts_region g ON g.id = r.region_id
    WHERE g.code = ANY(%s) OR r.id = ANY(%s) ORDER BY g.name, r.is_core DESC, r.name
"""
FIRST_CLOSE = """
    SELECT p.organisation_id, a.id, c.closes_at FROM applications_participant p
    JOIN applications_application a ON a.id = p.application_id
    JOIN applications_competition c ON c.id = a.competition_id
    JOIN applications_closinglistentry e ON e.application_id = a.id
    WHERE NOT c.is_demonstration
"""
PROJECTS = """
    SELECT a.reference, a.title, c.code,
        (SELECT p.name FROM applications_participant p WHERE p.application_id = a.id AND p.is_lead),
        (SELECT count(*) FROM funding_awardshare s WHERE s.award_id = w.id AND s.grant <> 0),
        (SELECT sum(s.grant) FROM funding_awardshare s WHERE s.award_id = w.id)::text,
        to_char(w.made_at AT TIME ZONE 'Europe/London', 'YYYY-MM-DD'),
        to_char(a.released_at AT TIME ZONE 'Europe/London', 'YYYY-MM-DD'),
        to_char(a.start_on, 'YYYY-MM-DD'),
        to_char(a.start_on + make_interval(months => a.duration_months) - interval '1 day', 'YYYY-MM-DD'),
        CASE w.status WHEN 'reserved' THEN 'Awarded, not accepted yet' WHEN 'committed' THEN 'Accepted'
            WHEN 'lapsed' THEN 'Offer declined, lapsed or withdrawn'
            WHEN 'ended' THEN 'Ended after it was awarded' END
    FROM funding_award w
    JOIN applications_application a ON a.id = w.application_id
    JOIN applications_competition c ON c.id = a.competition_id
    WHERE c.code = ANY(%s) AND a.released_at <= %s AND w.status <> 'reversed'
        AND (a.told_status = '' OR w.status IN ('lapsed', 'ended'))
    ORDER BY c.code, a.reference, w.id
"""
