# SPDX-License-Identifier: GPL-3.0-or-later
"""Screening whole: how the answers came in and why it was broken off, second readings, noted signs, questionnaires.

Self-contained: imports nothing of the program, so that it does the same forever.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "questionnaire",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("deleted", sa.Text(), nullable=True),
        sa.Column("ref", sa.Text(), nullable=True),
        sa.Column("published_on", sa.Text(), nullable=True),
        sa.Column("content", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questionnaire")),
    )
    op.create_table(
        "sign_note",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("deleted", sa.Text(), nullable=True),
        sa.Column("person_id", sa.String(length=36), nullable=True),
        sa.Column("noted_on", sa.Text(), nullable=True),
        sa.Column("noted_by", sa.String(length=36), nullable=True),
        sa.Column("signs", sa.Text(), nullable=True),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("told_to", sa.Text(), nullable=True),
        sa.Column("told_on", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["noted_by"], ["volunteer.id"], name=op.f("fk_sign_note_noted_by")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_sign_note_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_note")),
    )
    op.create_index(op.f("ix_sign_note_noted_by"), "sign_note", ["noted_by"], unique=False)
    op.create_index(op.f("ix_sign_note_person_id"), "sign_note", ["person_id"], unique=False)
    op.create_table(
        "second_reading",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("deleted", sa.Text(), nullable=True),
        sa.Column("screening_id", sa.String(length=36), nullable=True),
        sa.Column("person_id", sa.String(length=36), nullable=True),
        sa.Column("read_on", sa.Text(), nullable=True),
        sa.Column("read_by", sa.String(length=36), nullable=True),
        sa.Column("reading", sa.Text(), nullable=True),
        sa.Column("finding", sa.LargeBinary(), nullable=True),
        sa.Column("risk", sa.LargeBinary(), nullable=True),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("answers", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_second_reading_person_id")),
        sa.ForeignKeyConstraint(["read_by"], ["volunteer.id"], name=op.f("fk_second_reading_read_by")),
        sa.ForeignKeyConstraint(["screening_id"], ["screening.id"], name=op.f("fk_second_reading_screening_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_reading")),
    )
    op.create_index(op.f("ix_second_reading_person_id"), "second_reading", ["person_id"], unique=False)
    op.create_index(op.f("ix_second_reading_read_by"), "second_reading", ["read_by"], unique=False)
    op.create_index(op.f("ix_second_reading_screening_id"), "second_reading", ["screening_id"], unique=False)
    op.add_column("screening", sa.Column("way", sa.Text(), nullable=True))
    op.add_column("screening", sa.Column("stopped", sa.LargeBinary(), nullable=True))
