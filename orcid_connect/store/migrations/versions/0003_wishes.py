"""What people wish: who said no at ORCID, who is asked first, and what of a single delivery."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add two tables, three columns and an index; what is stored stays."""
    op.create_table(
        "oc_refusals",
        sa.Column("tenant", sa.String(length=512), nullable=False),
        sa.Column("person_key", sa.String(length=512), nullable=False),
        sa.Column("refused_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "person_key"),
    )
    op.create_table(
        "oc_wishes",
        sa.Column("tenant", sa.String(length=512), nullable=False),
        sa.Column("person_key", sa.String(length=512), nullable=False),
        sa.Column("ask_first", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "person_key"),
    )
    op.add_column("oc_links", sa.Column("closed", sa.String(length=16), nullable=True))
    op.add_column("oc_deliveries", sa.Column("wish", sa.String(length=16), nullable=True))
    op.add_column("oc_deliveries", sa.Column("wished_at", sa.Float(), nullable=True))
    op.create_index(
        "oc_deliveries_wish",
        "oc_deliveries",
        ["wish", "tenant"],
        sqlite_where=sa.text("wish IS NOT NULL"),
        postgresql_where=sa.text("wish IS NOT NULL"),
    )
    op.drop_index("oc_deliveries_person", table_name="oc_deliveries")
    op.create_index(
        "oc_deliveries_person", "oc_deliveries", ["tenant", "person", "changed_at", "id"]
    )
