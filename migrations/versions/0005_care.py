# SPDX-License-Identifier: GPL-3.0-or-later
"""Care for a person, whole: account, needs, plan, reports, accompaniment, return, follow-up, closure, duties, policy.

Self-contained: imports nothing of the program, so that it does the same forever.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TABLES = {
    "care_policy": "set_on follow_up_start follow_up_months# follow_up_days# keep_years#",
    "protection_request": (
        "protected* name* phone* protections* institution_id* asked_on asked_by>volunteer status* status_on "
        "threat* words*"
    ),
    "accompaniment": (
        "person_id>person case_id>case_record task* institution_id* due_on done_on done_by>volunteer words* "
        "result* delivered*"
    ),
    "account": (
        "person_id>person case_id>case_record told_on told_to* asked_by* asked_for* before* recruitment* "
        "transit* exploitation* way_out* place* sector* legal_status* controls* motive* wishes*"
    ),
    "authority_report": (
        "person_id>person case_id>case_record kind* channel* institution_id* unit* officer* reported_on "
        "reported_by>volunteer reporter_agrees* reporter_name* reporter_phone* summary* receipt_number* "
        "lp_number* articles* investigator* next_on result*"
    ),
    "case_part": (
        "case_id>case_record person_id>person institution_id>institution since until part* officer* phone* result*"
    ),
    "case_person": (
        "person_id>person case_id>case_record role* agrees* name* phone* address* occupation* relation* words*"
    ),
    "closure": (
        "person_id>person case_id>case_record closed_on closed_by>volunteer reason* person_part* "
        "task_force_part* remains* reopened_on reopened_reason*"
    ),
    "conference": (
        "person_id>person case_id>case_record held_on led_by* attended* openness* shelter* trusted_people* "
        "interview* danger* mind_care* medical_care* agreed* next_on"
    ),
    "conflict_of_interest": (
        "person_id>person case_id>case_record volunteer_id>volunteer conflict* noted_on words* handed_to>volunteer"
    ),
    "deep_assessment": (
        "case_id>case_record person_id>person assessed_on institution_id>institution assessor* summary* "
        "recommendations* explained_on*"
    ),
    "disclosure": (
        "person_id>person case_id>case_record duty disclosed_on decided_by>volunteer recipients lifted "
        "ended_on reason* ordered_by*"
    ),
    "evidence_item": (
        "person_id>person case_id>case_record kind* words* obtained_on* obtained_from* kept_at* attachment_id*"
    ),
    "first_aid": (
        "person_id>person case_id>case_record given_on given_by>volunteer place* companion* alone_reason* "
        "acts* words* result*"
    ),
    "follow_up": (
        "person_id>person case_id>case_record planned_on done_on done_by>volunteer follow_up_way* companion* "
        "alone_reason* items* mind_scale* mind* social_scale* social* economic_scale* economic* danger_signs* "
        "voice* agreed* missed_reason*"
    ),
    "informing": "person_id>person case_id>case_record kind* told_on told_by>volunteer topics* language* words* said*",
    "legal_track": (
        "person_id>person case_id>case_record track* legal_stage* stage_on* institution_id* case_number* "
        "officer* lawyer* next_on claimed* granted* paid* words*"
    ),
    "loss": "person_id>person case_id>case_record kind* incurred_on* amount* words* proof*",
    "needs_assessment": (
        "person_id>person case_id>case_record assessed_on assessed_by>volunteer needs* body* mind* social* "
        "economic* legal* safety* family_safety* strengths* wishes*"
    ),
    "outreach": (
        "person_id>person case_id>case_record went_on went_by>volunteer companion* alone_reason* place* met* "
        "institution_id* words* result* reported_to*"
    ),
    "perpetrator": (
        "person_id>person case_id>case_record standing* standing_on* standing_source* recruiter_id* name* "
        "known_as* sex* age* address* phone* occupation* relation* part*"
    ),
    "placement": (
        "person_id>person case_id>case_record placement* placed_on place* carer* relation* chosen_by* "
        "institution_id* child_agrees* child_view* keeps_safe* keeps_well* keeps_caring* reintegration_on "
        "ended_on words*"
    ),
    "plan_action": "person_id>person case_id>case_record action* area* urgency* doer* due_on done_on result*",
    "return_safety": (
        "person_id>person case_id>case_record assessed_on assessed_by>volunteer place* security* safety* "
        "social* economic* family_state* wishes* return_verdict* conditions*"
    ),
    "return_step": (
        "person_id>person case_id>case_record step* done_on done_by>volunteer institution_id* words* result*"
    ),
    "support": "person_id>person case_id>case_record given_on item* amount* support_source* giver*",
    "custody": (
        "person_id>person evidence_id>evidence_item given_on from_whom* to_whom* purpose* condition* receipt_number*"
    ),
}
"""Columns of the new tables: `name` is text, `name*` sealed, `name#` a number, `name>table` a link."""
COLUMNS = {
    "consent": "guardian_relation* recipients*",
    "referral": "handed_over_on replaces heard heard_on heard_reason*",
    "training": "abilities",
    "institution": "checked_by address hours",
}


def upgrade() -> None:
    for table, columns in TABLES.items():
        links = [name.split(">") for name in columns.split() if ">" in name]
        op.create_table(
            table,
            sa.Column("id", sa.String(length=36), nullable=False),
            sa.Column("deleted", sa.Text(), nullable=True),
            *map(_column, columns.split()),
            *(
                sa.ForeignKeyConstraint([name], [f"{target}.id"], name=op.f(f"fk_{table}_{name}"))
                for name, target in links
            ),
            sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        )
        for name, _ in links:
            op.create_index(op.f(f"ix_{table}_{name}"), table, [name], unique=False)
    for table, columns in COLUMNS.items():
        for name in columns.split():
            op.add_column(table, _column(name))


def _column(name: str) -> sa.Column:
    if ">" in name:
        return sa.Column(name.partition(">")[0], sa.String(length=36), nullable=True)
    kind = {"*": sa.LargeBinary, "#": sa.Integer}.get(name[-1], sa.Text)
    return sa.Column(name.rstrip("*#"), kind(), nullable=True)
