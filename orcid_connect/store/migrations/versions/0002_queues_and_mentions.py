"""Each tenant's queue, who mentions whom, and one pace for all processes."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add tables and indexes; what is stored stays."""
    _make_queues()
    _make_mentions()
    _make_pace()
    _make_reports()
    op.add_column("oc_declarations", sa.Column("member", sa.String(length=512), nullable=True))
    op.create_index("oc_declarations_member", "oc_declarations", ["member", "tenant", "kind"])
    op.create_index(
        "oc_deliveries_queue",
        "oc_deliveries",
        ["credential", "environment", "tenant", "state", "due_at"],
    )
    op.execute(
        "INSERT INTO oc_queues (credential, environment, tenant, served_at) "
        "SELECT DISTINCT credential, environment, tenant, 0 FROM oc_deliveries"
    )


def _make_queues() -> None:
    op.create_table(
        "oc_queues",
        sa.Column("credential", sa.String(length=128), nullable=False),
        sa.Column("environment", sa.String(length=32), nullable=False),
        sa.Column("tenant", sa.String(length=512), nullable=False),
        sa.Column("served_at", sa.Float(), nullable=False),
        sa.Column("paused_at", sa.Float(), nullable=True),
        sa.Column("paused_sentence", sa.Text(), nullable=True),
        sa.Column("canary_left", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("credential", "environment", "tenant"),
    )


def _make_mentions() -> None:
    op.create_table(
        "oc_mentions",
        sa.Column("tenant", sa.String(length=512), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=512), nullable=False),
        sa.Column("relation", sa.String(length=32), nullable=False),
        sa.Column("identifier", sa.String(length=512), nullable=False),
        sa.Column("root", sa.String(length=512), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "kind", "key", "relation", "identifier"),
    )
    op.create_index("oc_mentions_of", "oc_mentions", ["root", "identifier", "relation"])


def _make_pace() -> None:
    op.create_table(
        "oc_pace",
        sa.Column("credential", sa.String(length=128), nullable=False),
        sa.Column("environment", sa.String(length=32), nullable=False),
        sa.Column("taken_until", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("credential", "environment"),
    )


def _make_reports() -> None:
    """What a person decided about a delivery, the order of listings, and links of any state."""
    op.create_index("oc_links_person", "oc_links", ["tenant", "person_key"])
    op.create_index("oc_links_orcid", "oc_links", ["tenant", "orcid"])
    op.add_column("oc_deliveries", sa.Column("held", sa.String(length=16), nullable=True))
    op.add_column("oc_deliveries", sa.Column("held_sentence", sa.Text(), nullable=True))
    op.create_index(
        "oc_deliveries_subject", "oc_deliveries", ["subject_key", "tenant", "subject_kind"]
    )
    op.create_index("oc_deliveries_changed", "oc_deliveries", ["state", "changed_at", "id"])
    op.create_index(
        "oc_deliveries_tenant_changed", "oc_deliveries", ["tenant", "state", "changed_at", "id"]
    )
