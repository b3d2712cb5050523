# SPDX-License-Identifier: GPL-3.0-or-later
"""The register whole: relatives, journeys with all that is promised, visits, check-ins, recruiters, pairs of cards.

Self-contained: imports nothing of the program, so that it does the same forever.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "recruiter",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("deleted", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("aliases", sa.Text(), nullable=True),
        sa.Column("phones", sa.Text(), nullable=True),
        sa.Column("company", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("places", sa.Text(), nullable=True),
        sa.Column("licence", sa.Text(), nullable=True),
        sa.Column("licence_seen", sa.Text(), nullable=True),
        sa.Column("licence_checked_with", sa.Text(), nullable=True),
        sa.Column("licence_checked_on", sa.Text(), nullable=True),
        sa.Column("licence_found", sa.Text(), nullable=True),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("told_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recruiter")),
    )
    op.create_table(
        "offer",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("deleted", sa.Text(), nullable=True),
        sa.Column("recruiter_id", sa.String(length=36), nullable=True),
        sa.Column("heard_on", sa.Text(), nullable=True),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("destination_country", sa.Text(), nullable=True),
        sa.Column("destination_place", sa.Text(), nullable=True),
        sa.Column("sector", sa.Text(), nullable=True),
        sa.Column("work", sa.Text(), nullable=True),
        sa.Column("wage", sa.Text(), nullable=True),
        sa.Column("terms", sa.Text(), nullable=True),
        sa.Column("told_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["recruiter_id"], ["recruiter.id"], name=op.f("fk_offer_recruiter_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offer")),
    )
    op.create_index(op.f("ix_offer_recruiter_id"), "offer", ["recruiter_id"], unique=False)
    op.create_table(
        "person_pair",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("deleted", sa.Text(), nullable=True),
        sa.Column("person_id", sa.String(length=36), nullable=True),
        sa.Column("other_id", sa.String(length=36), nullable=True),
        sa.Column("verdict", sa.Text(), nullable=True),
        sa.Column("moved", sa.Text(), nullable=True),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["other_id"], ["person.id"], name=op.f("fk_person_pair_other_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_person_pair_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_pair")),
    )
    op.create_index(op.f("ix_person_pair_other_id"), "person_pair", ["other_id"], unique=False)
    op.create_index(op.f("ix_person_pair_person_id"), "person_pair", ["person_id"], unique=False)
    op.create_table(
        "relative",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("deleted", sa.Text(), nullable=True),
        sa.Column("person_id", sa.String(length=36), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("relation", sa.Text(), nullable=True),
        sa.Column("birth_date", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("lives_together", sa.Boolean(), nullable=True),
        sa.Column("depends_on_person", sa.Boolean(), nullable=True),
        sa.Column("knows_of_journey", sa.Boolean(), nullable=True),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_relative_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relative")),
    )
    op.create_index(op.f("ix_relative_person_id"), "relative", ["person_id"], unique=False)
    op.create_table(
        "visitor",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("deleted", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("phones", sa.Text(), nullable=True),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("identity_seen", sa.Text(), nullable=True),
        sa.Column("purpose", sa.Text(), nullable=True),
        sa.Column("host", sa.Text(), nullable=True),
        sa.Column("arrived_on", sa.Text(), nullable=True),
        sa.Column("left_on", sa.Text(), nullable=True),
        sa.Column("recruiter_id", sa.String(length=36), nullable=True),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["recruiter_id"], ["recruiter.id"], name=op.f("fk_visitor_recruiter_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visitor")),
    )
    op.create_index(op.f("ix_visitor_recruiter_id"), "visitor", ["recruiter_id"], unique=False)
    op.create_table(
        "check_in",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("deleted", sa.Text(), nullable=True),
        sa.Column("person_id", sa.String(length=36), nullable=True),
        sa.Column("journey_id", sa.String(length=36), nullable=True),
        sa.Column("tried_on", sa.Text(), nullable=True),
        sa.Column("tried_by", sa.String(length=36), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("answers", sa.Text(), nullable=True),
        sa.Column("said", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["journey_id"], ["journey.id"], name=op.f("fk_check_in_journey_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_check_in_person_id")),
        sa.ForeignKeyConstraint(["tried_by"], ["volunteer.id"], name=op.f("fk_check_in_tried_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_in")),
    )
    op.create_index(op.f("ix_check_in_journey_id"), "check_in", ["journey_id"], unique=False)
    op.create_index(op.f("ix_check_in_person_id"), "check_in", ["person_id"], unique=False)
    op.create_index(op.f("ix_check_in_tried_by"), "check_in", ["tried_by"], unique=False)
    op.create_table(
        "home_visit",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("deleted", sa.Text(), nullable=True),
        sa.Column("person_id", sa.String(length=36), nullable=True),
        sa.Column("journey_id", sa.String(length=36), nullable=True),
        sa.Column("visited_on", sa.Text(), nullable=True),
        sa.Column("visited_by", sa.String(length=36), nullable=True),
        sa.Column("accompanied_by", sa.Text(), nullable=True),
        sa.Column("met", sa.Text(), nullable=True),
        sa.Column("readiness", sa.Text(), nullable=True),
        sa.Column("explained", sa.Text(), nullable=True),
        sa.Column("sheet_left", sa.Boolean(), nullable=True),
        sa.Column("agreed", sa.Text(), nullable=True),
        sa.Column("next_visit_on", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["journey_id"], ["journey.id"], name=op.f("fk_home_visit_journey_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_home_visit_person_id")),
        sa.ForeignKeyConstraint(["visited_by"], ["volunteer.id"], name=op.f("fk_home_visit_visited_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_home_visit")),
    )
    op.create_index(op.f("ix_home_visit_journey_id"), "home_visit", ["journey_id"], unique=False)
    op.create_index(op.f("ix_home_visit_person_id"), "home_visit", ["person_id"], unique=False)
    op.create_index(op.f("ix_home_visit_visited_by"), "home_visit", ["visited_by"], unique=False)
    op.add_column("document", sa.Column("issued_on", sa.Text(), nullable=True))
    op.add_column("document", sa.Column("valid_until", sa.Text(), nullable=True))
    op.add_column("document", sa.Column("states", sa.Text(), nullable=True))
    with op.batch_alter_table("journey") as batch_op:
        batch_op.add_column(sa.Column("sector", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("employer_address", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("employer_phone", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("recruiter_id", sa.String(length=36), nullable=True))
        batch_op.add_column(sa.Column("companions", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("transits", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("expected_return_on", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("returned_on", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("postponed_until", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("promised_terms", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("costs", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("debt_to", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("visa_kind", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("contract_kind", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("papers_held_by", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("answers", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("check_in_days", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_journey_recruiter_id"), "recruiter", ["recruiter_id"], ["id"])
    op.create_index(op.f("ix_journey_recruiter_id"), "journey", ["recruiter_id"], unique=False)
    op.add_column("person", sa.Column("household_role", sa.Text(), nullable=True))
    op.add_column("person", sa.Column("residency", sa.Text(), nullable=True))
    op.add_column("person", sa.Column("trainings", sa.Text(), nullable=True))
    op.add_column("person", sa.Column("skills", sa.Text(), nullable=True))
    op.add_column("person", sa.Column("languages", sa.Text(), nullable=True))
