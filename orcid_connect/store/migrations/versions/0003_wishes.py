"""What people wish: who said no at ORCID, who is asked first, and who held a delivery back."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add two tables and a column; what is stored stays."""
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
    op.add_column("oc_deliveries", sa.Column("held_by", sa.String(length=16), nullable=True))
    op.execute("UPDATE oc_deliveries SET held_by = 'host' WHERE held IS NOT NULL")
