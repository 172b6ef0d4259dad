"""The first tables: links, declarations, deliveries with their attempts, leases and notices."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make every table."""
    _make_attempts()
    _make_credential_states()
    _make_declarations()
    _make_deliveries()
    _make_links()
    _make_notices()
    _make_payloads()
    _make_record_leases()
    _make_revocations()
    _make_used_states()


def _make_attempts() -> None:
    op.create_table(
        "oc_attempts",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("delivery_id", sa.String(length=32), nullable=False),
        sa.Column("method", sa.String(length=8), nullable=False),
        sa.Column("put_code", sa.BigInteger(), nullable=True),
        sa.Column("sent_hash", sa.String(length=64), nullable=True),
        sa.Column("started_at", sa.Float(), nullable=False),
        sa.Column("finished_at", sa.Float(), nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("code", sa.String(length=32), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "oc_attempts_delivery", "oc_attempts", ["delivery_id", "finished_at"], unique=False
    )


def _make_credential_states() -> None:
    op.create_table(
        "oc_credential_states",
        sa.Column("credential", sa.String(length=128), nullable=False),
        sa.Column("environment", sa.String(length=32), nullable=False),
        sa.Column("slow_until", sa.Float(), nullable=True),
        sa.Column("slow_tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("paused_at", sa.Float(), nullable=True),
        sa.Column("paused_sentence", sa.Text(), nullable=True),
        sa.Column("refused_links", sa.Text(), server_default="[]", nullable=False),
        sa.PrimaryKeyConstraint("credential", "environment"),
    )


def _make_declarations() -> None:
    op.create_table(
        "oc_declarations",
        sa.Column("sequence", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("event_id", sa.String(length=32), nullable=False),
        sa.Column("tenant", sa.String(length=512), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=512), nullable=False),
        sa.Column("as_of", sa.Float(), nullable=False),
        sa.Column("received_at", sa.Float(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("plan_due_at", sa.Float(), nullable=True),
        sa.Column("plan_tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("plan_wanted", sa.Integer(), server_default="0", nullable=False),
        sa.Column("planned_at", sa.Float(), nullable=True),
        sa.Column("problems", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("sequence"),
        sa.UniqueConstraint("event_id"),
    )
    op.create_index("oc_declarations_due", "oc_declarations", ["plan_due_at"], unique=False)
    op.create_index(
        "oc_declarations_subject",
        "oc_declarations",
        ["tenant", "kind", "key", "as_of", "sequence"],
        unique=False,
    )


def _make_deliveries() -> None:
    op.create_table(
        "oc_deliveries",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("tenant", sa.String(length=512), nullable=False),
        sa.Column("credential", sa.String(length=128), nullable=False),
        sa.Column("environment", sa.String(length=32), nullable=False),
        sa.Column("person", sa.String(length=560), nullable=False),
        sa.Column("activity", sa.String(length=32), nullable=False),
        sa.Column("subject_kind", sa.String(length=32), nullable=False),
        sa.Column("subject_key", sa.String(length=512), nullable=False),
        sa.Column("link_id", sa.String(length=32), nullable=True),
        sa.Column("orcid", sa.String(length=19), nullable=True),
        sa.Column("desired_hash", sa.String(length=64), nullable=True),
        sa.Column("put_code", sa.BigInteger(), nullable=True),
        sa.Column("known_hash", sa.String(length=64), nullable=True),
        sa.Column("known_at", sa.Float(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("sentence", sa.Text(), server_default="", nullable=False),
        sa.Column("due_at", sa.Float(), nullable=True),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("made_at", sa.Float(), nullable=False),
        sa.Column("changed_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint(
            "credential",
            "environment",
            "tenant",
            "activity",
            "subject_kind",
            "subject_key",
            "person",
            name="oc_deliveries_one_per_activity",
        ),
    )
    op.create_index("oc_deliveries_due", "oc_deliveries", ["state", "due_at"], unique=False)
    op.create_index(
        "oc_deliveries_one_owner",
        "oc_deliveries",
        ["credential", "environment", "orcid", "activity", "put_code"],
        unique=True,
        sqlite_where=sa.text("put_code IS NOT NULL"),
        postgresql_where=sa.text("put_code IS NOT NULL"),
    )
    op.create_index("oc_deliveries_person", "oc_deliveries", ["tenant", "person"], unique=False)
    op.create_index(
        "oc_deliveries_record",
        "oc_deliveries",
        ["credential", "environment", "orcid"],
        unique=False,
    )


def _make_links() -> None:
    op.create_table(
        "oc_links",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("tenant", sa.String(length=512), nullable=False),
        sa.Column("person_key", sa.String(length=512), nullable=False),
        sa.Column("environment", sa.String(length=32), nullable=False),
        sa.Column("credential", sa.String(length=128), nullable=False),
        sa.Column("orcid", sa.String(length=19), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("token_sealed", sa.Text(), nullable=True),
        sa.Column("refresh_sealed", sa.Text(), nullable=True),
        sa.Column("expires_at", sa.Float(), nullable=True),
        sa.Column("made_at", sa.Float(), nullable=False),
        sa.Column("ended_at", sa.Float(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "oc_links_one_per_orcid",
        "oc_links",
        ["environment", "credential", "tenant", "orcid"],
        unique=True,
        sqlite_where=sa.text("state = 'active'"),
        postgresql_where=sa.text("state = 'active'"),
    )
    op.create_index(
        "oc_links_one_per_person",
        "oc_links",
        ["environment", "credential", "tenant", "person_key"],
        unique=True,
        sqlite_where=sa.text("state = 'active'"),
        postgresql_where=sa.text("state = 'active'"),
    )


def _make_notices() -> None:
    op.create_table(
        "oc_notices",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("hook", sa.String(length=64), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("made_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )


def _make_payloads() -> None:
    op.create_table(
        "oc_payloads",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("made_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("hash"),
    )


def _make_record_leases() -> None:
    op.create_table(
        "oc_record_leases",
        sa.Column("credential", sa.String(length=128), nullable=False),
        sa.Column("environment", sa.String(length=32), nullable=False),
        sa.Column("orcid", sa.String(length=19), nullable=False),
        sa.Column("owner", sa.String(length=64), nullable=False),
        sa.Column("until", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("credential", "environment", "orcid"),
    )


def _make_revocations() -> None:
    op.create_table(
        "oc_revocations",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("credential", sa.String(length=128), nullable=False),
        sa.Column("environment", sa.String(length=32), nullable=False),
        sa.Column("tenant", sa.String(length=512), nullable=False),
        sa.Column("person_key", sa.String(length=512), nullable=False),
        sa.Column("token_sealed", sa.Text(), nullable=False),
        sa.Column("due_at", sa.Float(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )


def _make_used_states() -> None:
    op.create_table(
        "oc_used_states",
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("fingerprint"),
    )
