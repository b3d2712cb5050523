# SPDX-License-Identifier: GPL-3.0-or-later
"""The first schema.

Self-contained: imports nothing of the program, so that it does the same forever. Sealed columns are plain bytes here.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bundle_in",
        sa.Column("sender", sa.String(length=16), nullable=False),
        sa.Column("epoch", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("bundle", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("manifest_hash", sa.String(length=64), nullable=False),
        sa.Column("received_at", sa.String(length=32), nullable=False),
        sa.Column("results", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("sender", "epoch", "number", name=op.f("pk_bundle_in")),
    )
    op.create_table(
        "bundle_out",
        sa.Column("bundle", sa.String(length=36), nullable=False),
        sa.Column("recipient", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("epoch", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("manifest_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.String(length=32), nullable=False),
        sa.Column("records", sa.Text(), nullable=False),
        sa.Column("answers", sa.String(length=36), nullable=True),
        sa.Column("archive", sa.LargeBinary(), nullable=True),
        sa.Column("received_at", sa.String(length=32), nullable=True),
        sa.PrimaryKeyConstraint("bundle", name=op.f("pk_bundle_out")),
        sa.UniqueConstraint("recipient", "epoch", "number", name=op.f("uq_bundle_out_recipient")),
    )
    op.create_table(
        "delivery",
        sa.Column("recipient", sa.String(length=16), nullable=False),
        sa.Column("type", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("sent_hash", sa.String(length=64), nullable=True),
        sa.Column("bundle", sa.String(length=36), nullable=True),
        sa.Column("received_hash", sa.String(length=64), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=60), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("recipient", "type", "id", name=op.f("pk_delivery")),
    )
    op.create_table(
        "draft",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("volunteer", sa.String(length=36), nullable=True),
        sa.Column("form", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=36), nullable=True),
        sa.Column("saved_at", sa.String(length=32), nullable=False),
        sa.Column("content", sa.Text(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("(content IS NULL) <> (sealed IS NULL)", name=op.f("ck_draft_content")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
    )
    op.create_table(
        "institution",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("deleted", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("services", sa.Text(), nullable=True),
        sa.Column("area_code", sa.Text(), nullable=True),
        sa.Column("contacts", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("checked_on", sa.Text(), nullable=True),
        sa.Column("confirmed_on", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_institution")),
    )
    op.create_table(
        "journal",
        sa.Column("device", sa.String(length=16), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("volunteer", sa.String(length=36), nullable=True),
        sa.Column("action", sa.String(length=20), nullable=False),
        sa.Column("type", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("counter", sa.Integer(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.Column("changes", sa.Text(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("commitment", sa.LargeBinary(), nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("link", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("device", "sequence", name=op.f("pk_journal")),
    )
    op.create_index("ix_journal_record", "journal", ["type", "id"], unique=False)
    op.create_table(
        "own_device",
        sa.Column("device", sa.String(length=16), nullable=False),
        sa.Column("signing_seed", sa.LargeBinary(), nullable=False),
        sa.Column("identity", sa.Text(), nullable=False),
        sa.Column("created_at", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("device", name=op.f("pk_own_device")),
    )
    op.create_table(
        "peer",
        sa.Column("device", sa.String(length=16), nullable=False),
        sa.Column("side", sa.String(length=10), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("signing_key", sa.LargeBinary(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("practice", sa.Boolean(), nullable=False),
        sa.Column("since", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("device", name=op.f("pk_peer")),
        sa.UniqueConstraint("signing_key", name=op.f("uq_peer_signing_key")),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("deleted", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("aliases", sa.Text(), nullable=True),
        sa.Column("nik", sa.Text(), nullable=True),
        sa.Column("nik_status", sa.Text(), nullable=True),
        sa.Column("kk_number", sa.Text(), nullable=True),
        sa.Column("birth_date", sa.Text(), nullable=True),
        sa.Column("birth_place", sa.Text(), nullable=True),
        sa.Column("sex", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("wilayah_code", sa.Text(), nullable=True),
        sa.Column("phones", sa.Text(), nullable=True),
        sa.Column("nationality", sa.Text(), nullable=True),
        sa.Column("education", sa.Text(), nullable=True),
        sa.Column("religion", sa.Text(), nullable=True),
        sa.Column("occupation", sa.Text(), nullable=True),
        sa.Column("marital_status", sa.Text(), nullable=True),
        sa.Column("guardian_name", sa.Text(), nullable=True),
        sa.Column("guardian_address", sa.Text(), nullable=True),
        sa.Column("private_note", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
    )
    op.create_table(
        "quarantine",
        sa.Column("sender", sa.String(length=16), nullable=False),
        sa.Column("bundle", sa.String(length=36), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("reason", sa.String(length=60), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("sender", "bundle", "line", name=op.f("pk_quarantine")),
    )
    op.create_table(
        "record_state",
        sa.Column("type", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("history", sa.Text(), nullable=False),
        sa.Column("home", sa.String(length=20), nullable=False),
        sa.Column("counter", sa.Integer(), nullable=False),
        sa.Column("unknown", sa.Text(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("type", "id", name=op.f("pk_record_state")),
    )
    op.create_index("ix_record_state_counter", "record_state", ["counter"], unique=False)
    op.create_table(
        "store_info",
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_store_info")),
    )
    op.create_table(
        "tally",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("deleted", sa.Text(), nullable=True),
        sa.Column("wilayah_code", sa.Text(), nullable=True),
        sa.Column("people", sa.Integer(), nullable=True),
        sa.Column("people_withheld", sa.Integer(), nullable=True),
        sa.Column("journeys", sa.Integer(), nullable=True),
        sa.Column("journeys_withheld", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tally")),
    )
    op.create_table(
        "volunteer",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("deleted", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("left", sa.Boolean(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer")),
    )
    op.create_table(
        "case_record",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("deleted", sa.Text(), nullable=True),
        sa.Column("person_id", sa.String(length=36), nullable=True),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("opened_on", sa.Text(), nullable=True),
        sa.Column("opened_by", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(["opened_by"], ["volunteer.id"], name=op.f("fk_case_record_opened_by")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_case_record_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_record")),
    )
    op.create_index(op.f("ix_case_record_opened_by"), "case_record", ["opened_by"], unique=False)
    op.create_index(op.f("ix_case_record_person_id"), "case_record", ["person_id"], unique=False)
    op.create_table(
        "consent",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("deleted", sa.Text(), nullable=True),
        sa.Column("person_id", sa.String(length=36), nullable=True),
        sa.Column("given_on", sa.Text(), nullable=True),
        sa.Column("valid_until", sa.Text(), nullable=True),
        sa.Column("scopes", sa.Text(), nullable=True),
        sa.Column("refused_fields", sa.Text(), nullable=True),
        sa.Column("method", sa.Text(), nullable=True),
        sa.Column("withdrawn_on", sa.Text(), nullable=True),
        sa.Column("language", sa.LargeBinary(), nullable=True),
        sa.Column("explained", sa.LargeBinary(), nullable=True),
        sa.Column("witness", sa.LargeBinary(), nullable=True),
        sa.Column("guardian", sa.LargeBinary(), nullable=True),
        sa.Column("child_view", sa.LargeBinary(), nullable=True),
        sa.Column("withdrawn_reason", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_consent_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    op.create_index(op.f("ix_consent_person_id"), "consent", ["person_id"], unique=False)
    op.create_table(
        "difference",
        sa.Column("type", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("counter", sa.Integer(), nullable=False),
        sa.Column("device", sa.String(length=16), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["type", "id"], ["record_state.type", "record_state.id"], name=op.f("fk_difference_type")
        ),
        sa.PrimaryKeyConstraint("type", "id", "key", "counter", "device", "position", name=op.f("pk_difference")),
    )
    op.create_table(
        "journey",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("deleted", sa.Text(), nullable=True),
        sa.Column("person_id", sa.String(length=36), nullable=True),
        sa.Column("stage", sa.Text(), nullable=True),
        sa.Column("destination_country", sa.Text(), nullable=True),
        sa.Column("destination_place", sa.Text(), nullable=True),
        sa.Column("work", sa.Text(), nullable=True),
        sa.Column("employer", sa.Text(), nullable=True),
        sa.Column("recruiter_name", sa.Text(), nullable=True),
        sa.Column("recruiter_phone", sa.Text(), nullable=True),
        sa.Column("agency", sa.Text(), nullable=True),
        sa.Column("departure_on", sa.Text(), nullable=True),
        sa.Column("promised_wage", sa.Text(), nullable=True),
        sa.Column("debts", sa.Text(), nullable=True),
        sa.Column("motive", sa.Text(), nullable=True),
        sa.Column("procedural", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_journey_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journey")),
    )
    op.create_index(op.f("ix_journey_person_id"), "journey", ["person_id"], unique=False)
    op.create_table(
        "safe_contact",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("deleted", sa.Text(), nullable=True),
        sa.Column("person_id", sa.String(length=36), nullable=True),
        sa.Column("way", sa.Text(), nullable=True),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("through", sa.Text(), nullable=True),
        sa.Column("hours", sa.Text(), nullable=True),
        sa.Column("code_word", sa.Text(), nullable=True),
        sa.Column("do_not_contact", sa.Boolean(), nullable=True),
        sa.Column("never_tell", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_safe_contact_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_safe_contact")),
    )
    op.create_index(op.f("ix_safe_contact_person_id"), "safe_contact", ["person_id"], unique=False)
    op.create_table(
        "training",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("deleted", sa.Text(), nullable=True),
        sa.Column("volunteer_id", sa.String(length=36), nullable=True),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("organiser", sa.Text(), nullable=True),
        sa.Column("certificate", sa.Text(), nullable=True),
        sa.Column("completed_on", sa.Text(), nullable=True),
        sa.Column("valid_until", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["volunteer_id"], ["volunteer.id"], name=op.f("fk_training_volunteer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training")),
    )
    op.create_index(op.f("ix_training_volunteer_id"), "training", ["volunteer_id"], unique=False)
    op.create_table(
        "document",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("deleted", sa.Text(), nullable=True),
        sa.Column("person_id", sa.String(length=36), nullable=True),
        sa.Column("journey_id", sa.String(length=36), nullable=True),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("issuer", sa.Text(), nullable=True),
        sa.Column("seen", sa.Text(), nullable=True),
        sa.Column("checked_against", sa.Text(), nullable=True),
        sa.Column("checked_on", sa.Text(), nullable=True),
        sa.Column("checked_by", sa.String(length=36), nullable=True),
        sa.Column("found", sa.Text(), nullable=True),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["checked_by"], ["volunteer.id"], name=op.f("fk_document_checked_by")),
        sa.ForeignKeyConstraint(["journey_id"], ["journey.id"], name=op.f("fk_document_journey_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_document_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
    )
    op.create_index(op.f("ix_document_checked_by"), "document", ["checked_by"], unique=False)
    op.create_index(op.f("ix_document_journey_id"), "document", ["journey_id"], unique=False)
    op.create_index(op.f("ix_document_person_id"), "document", ["person_id"], unique=False)
    op.create_table(
        "referral",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("deleted", sa.Text(), nullable=True),
        sa.Column("case_id", sa.String(length=36), nullable=True),
        sa.Column("person_id", sa.String(length=36), nullable=True),
        sa.Column("institution_id", sa.LargeBinary(), nullable=True),
        sa.Column("referred_on", sa.Text(), nullable=True),
        sa.Column("referred_by", sa.String(length=36), nullable=True),
        sa.Column("urgency", sa.LargeBinary(), nullable=True),
        sa.Column("handover", sa.Text(), nullable=True),
        sa.Column("services", sa.LargeBinary(), nullable=True),
        sa.Column("purpose", sa.LargeBinary(), nullable=True),
        sa.Column("chronology", sa.LargeBinary(), nullable=True),
        sa.Column("condition_body", sa.LargeBinary(), nullable=True),
        sa.Column("condition_mind", sa.LargeBinary(), nullable=True),
        sa.Column("condition_social", sa.LargeBinary(), nullable=True),
        sa.Column("condition_spiritual", sa.LargeBinary(), nullable=True),
        sa.Column("condition_family", sa.LargeBinary(), nullable=True),
        sa.Column("services_given", sa.LargeBinary(), nullable=True),
        sa.Column("needs_and_hopes", sa.LargeBinary(), nullable=True),
        sa.Column("attachments", sa.LargeBinary(), nullable=True),
        sa.Column("companion", sa.LargeBinary(), nullable=True),
        sa.Column("answered", sa.Text(), nullable=True),
        sa.Column("answered_on", sa.Text(), nullable=True),
        sa.Column("answer_reason", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case_record.id"], name=op.f("fk_referral_case_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_referral_person_id")),
        sa.ForeignKeyConstraint(["referred_by"], ["volunteer.id"], name=op.f("fk_referral_referred_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral")),
    )
    op.create_index(op.f("ix_referral_case_id"), "referral", ["case_id"], unique=False)
    op.create_index(op.f("ix_referral_person_id"), "referral", ["person_id"], unique=False)
    op.create_index(op.f("ix_referral_referred_by"), "referral", ["referred_by"], unique=False)
    op.create_table(
        "screening",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("deleted", sa.Text(), nullable=True),
        sa.Column("person_id", sa.String(length=36), nullable=True),
        sa.Column("journey_id", sa.String(length=36), nullable=True),
        sa.Column("questionnaire", sa.Text(), nullable=True),
        sa.Column("screened_on", sa.Text(), nullable=True),
        sa.Column("screened_by", sa.String(length=36), nullable=True),
        sa.Column("age_at_events", sa.LargeBinary(), nullable=True),
        sa.Column("answers", sa.LargeBinary(), nullable=True),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("finding", sa.LargeBinary(), nullable=True),
        sa.Column("risk", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["journey_id"], ["journey.id"], name=op.f("fk_screening_journey_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_screening_person_id")),
        sa.ForeignKeyConstraint(["screened_by"], ["volunteer.id"], name=op.f("fk_screening_screened_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screening")),
    )
    op.create_index(op.f("ix_screening_journey_id"), "screening", ["journey_id"], unique=False)
    op.create_index(op.f("ix_screening_person_id"), "screening", ["person_id"], unique=False)
    op.create_index(op.f("ix_screening_screened_by"), "screening", ["screened_by"], unique=False)
