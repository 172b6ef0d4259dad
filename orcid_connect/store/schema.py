"""The tables as SQLAlchemy Core knows them; the migrations are what makes them.

Times are seconds since the epoch. All names begin with `oc_`, so that a host may share the file.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData()

links = Table(
    "oc_links",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("tenant", String(512), nullable=False),
    Column("person_key", String(512), nullable=False),
    Column("environment", String(32), nullable=False),
    Column("credential", String(128), nullable=False),
    Column("orcid", String(19), nullable=False),
    Column("name", Text),
    Column("scopes", Text, nullable=False),
    # active: may be written to · revoked: the person withdrew it at ORCID, the token is kept for
    # DELETE only · moved: the record was merged into another · ended: disconnected here
    Column("state", String(16), nullable=False),
    Column("token_sealed", Text),
    Column("refresh_sealed", Text),
    Column("expires_at", Float),
    Column("made_at", Float, nullable=False),
    Column("ended_at", Float),
    Column("reason", Text),
    # How ORCID closed the record, last we heard: locked or deactivated; null: it is open.
    Column("closed", String(16)),
    Index(
        "oc_links_one_per_person",
        "environment",
        "credential",
        "tenant",
        "person_key",
        unique=True,
        sqlite_where=text("state = 'active'"),
        postgresql_where=text("state = 'active'"),
    ),
    Index(
        "oc_links_one_per_orcid",
        "environment",
        "credential",
        "tenant",
        "orcid",
        unique=True,
        sqlite_where=text("state = 'active'"),
        postgresql_where=text("state = 'active'"),
    ),
    # For links in whatever state.
    Index("oc_links_person", "tenant", "person_key"),
    Index("oc_links_orcid", "tenant", "orcid"),
)

used_states = Table(
    "oc_used_states",
    metadata,
    Column("fingerprint", String(64), primary_key=True),
    Column("expires_at", Float, nullable=False),
)

revocations = Table(
    "oc_revocations",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("credential", String(128), nullable=False),
    Column("environment", String(32), nullable=False),
    Column("tenant", String(512), nullable=False),
    Column("person_key", String(512), nullable=False),
    Column("token_sealed", Text, nullable=False),
    Column("due_at", Float, nullable=False),
    Column("tries", Integer, nullable=False),
)

# Who said no at ORCID, and when last: they are not asked again for a while.
refusals = Table(
    "oc_refusals",
    metadata,
    Column("tenant", String(512), primary_key=True),
    Column("person_key", String(512), primary_key=True),
    Column("refused_at", Float, nullable=False),
)

# What a person wants of us: whether they are asked before anything goes on their record.
wishes = Table(
    "oc_wishes",
    metadata,
    Column("tenant", String(512), primary_key=True),
    Column("person_key", String(512), primary_key=True),
    Column("ask_first", Boolean, nullable=False),
    Column("changed_at", Float, nullable=False),
)

declarations = Table(
    "oc_declarations",
    metadata,
    Column("sequence", Integer, primary_key=True, autoincrement=True),
    Column("event_id", String(32), nullable=False, unique=True),
    Column("tenant", String(512), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("key", String(512), nullable=False),
    Column("as_of", Float, nullable=False),
    Column("received_at", Float, nullable=False),
    Column("withdrawn", Boolean, nullable=False),
    Column("body", Text, nullable=False),
    # When it is to be planned; null: nothing to plan (done, or superseded).
    Column("plan_due_at", Float),
    Column("plan_tries", Integer, nullable=False, server_default="0"),
    # Grows with each wish to plan, so that a plan made meanwhile does not swallow it.
    Column("plan_wanted", Integer, nullable=False, server_default="0"),
    Column("planned_at", Float),
    Column("problems", Text),
    # The article's own key, where `key` is that of its lineage.
    Column("member", String(512)),
    Index("oc_declarations_member", "member", "tenant", "kind"),
    Index("oc_declarations_subject", "tenant", "kind", "key", "as_of", "sequence"),
    Index("oc_declarations_due", "plan_due_at"),
)

deliveries = Table(
    "oc_deliveries",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("tenant", String(512), nullable=False),
    Column("credential", String(128), nullable=False),
    Column("environment", String(32), nullable=False),
    # `key:…` the host's person key, or `orcid:…` an iD the host marks authenticated
    Column("person", String(560), nullable=False),
    Column("activity", String(32), nullable=False),
    Column("subject_kind", String(32), nullable=False),
    Column("subject_key", String(512), nullable=False),
    Column("link_id", String(32)),
    Column("orcid", String(19)),
    # What the record should hold, by the hash of a payload; null: nothing.
    Column("desired_hash", String(64)),
    Column("put_code", BigInteger),
    Column("known_hash", String(64)),
    Column("known_at", Float),
    Column("state", String(16), nullable=False),
    Column("sentence", Text, nullable=False, server_default=""),
    Column("due_at", Float),
    Column("tries", Integer, nullable=False, server_default="0"),
    # What a person at the host decided, and their sentence; null: nothing. No declaration undoes
    # it: parked (nothing is sent) or removed (the record is to hold nothing; then declined).
    Column("held", String(16)),
    Column("held_sentence", Text),
    # What the person whose record it is decided, whatever the host decides: ask (nothing is sent
    # until they say yes), yes, hold (nothing is sent) or remove (the record is to hold nothing).
    Column("wish", String(16)),
    Column("wished_at", Float),
    Column("made_at", Float, nullable=False),
    Column("changed_at", Float, nullable=False),
    UniqueConstraint(
        "credential",
        "environment",
        "tenant",
        "activity",
        "subject_kind",
        "subject_key",
        "person",
        name="oc_deliveries_one_per_activity",
    ),
    Index("oc_deliveries_due", "state", "due_at"),
    Index("oc_deliveries_queue", "credential", "environment", "tenant", "state", "due_at"),
    # For planning one subject, and for finding an article by its key alone.
    Index("oc_deliveries_subject", "subject_key", "tenant", "subject_kind"),
    # For listings, last changed first, and for counting by day: of all tenants, or of one.
    Index("oc_deliveries_changed", "state", "changed_at", "id"),
    Index("oc_deliveries_tenant_changed", "tenant", "state", "changed_at", "id"),
    Index("oc_deliveries_record", "credential", "environment", "orcid"),
    # For a person's own page, last changed first.
    Index("oc_deliveries_person", "tenant", "person", "changed_at", "id"),
    # The few of which their person decided something.
    Index(
        "oc_deliveries_wish",
        "wish",
        "tenant",
        sqlite_where=text("wish IS NOT NULL"),
        postgresql_where=text("wish IS NOT NULL"),
    ),
    Index(
        "oc_deliveries_one_owner",
        "credential",
        "environment",
        "orcid",
        "activity",
        "put_code",
        unique=True,
        sqlite_where=text("put_code IS NOT NULL"),
        postgresql_where=text("put_code IS NOT NULL"),
    ),
)

# What is or was to stand on a record: one copy, however many authors share it.
payloads = Table(
    "oc_payloads",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("body", Text, nullable=False),
    Column("made_at", Float, nullable=False),
)

attempts = Table(
    "oc_attempts",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("delivery_id", String(32), nullable=False),
    Column("method", String(8), nullable=False),
    Column("put_code", BigInteger),
    Column("sent_hash", String(64)),
    Column("started_at", Float, nullable=False),
    # Null while it is open: nothing is known about what ORCID did.
    Column("finished_at", Float),
    Column("status", Integer),
    Column("code", String(32)),
    Column("outcome", Text),
    Index("oc_attempts_delivery", "delivery_id", "finished_at"),
)

record_leases = Table(
    "oc_record_leases",
    metadata,
    Column("credential", String(128), primary_key=True),
    Column("environment", String(32), primary_key=True),
    Column("orcid", String(19), primary_key=True),
    Column("owner", String(64), nullable=False),
    Column("until", Float, nullable=False),
)

credential_states = Table(
    "oc_credential_states",
    metadata,
    Column("credential", String(128), primary_key=True),
    Column("environment", String(32), primary_key=True),
    Column("slow_until", Float),
    Column("slow_tries", Integer, nullable=False, server_default="0"),
    Column("paused_at", Float),
    Column("paused_sentence", Text),
    # Links whose token was refused since the last request that went well, as a JSON list of ids.
    Column("refused_links", Text, nullable=False, server_default="[]"),
)

# Each tenant's turn, so that one backlog never starves another; and whether it stands still.
queues = Table(
    "oc_queues",
    metadata,
    Column("credential", String(128), primary_key=True),
    Column("environment", String(32), primary_key=True),
    Column("tenant", String(512), primary_key=True),
    Column("served_at", Float, nullable=False),
    Column("paused_at", Float),
    Column("paused_sentence", Text),
    # How many more deliveries may go before a person looks; null: no canary.
    Column("canary_left", Integer),
)

# One row for each credential: until when its requests are spoken for, by whatever process.
pace = Table(
    "oc_pace",
    metadata,
    Column("credential", String(128), primary_key=True),
    Column("environment", String(32), primary_key=True),
    Column("taken_until", Float, nullable=False),
)

# Which identifiers a planned subject has itself and which it names: a preprint and its article
# find each other here, whichever was declared first.
mentions = Table(
    "oc_mentions",
    metadata,
    Column("tenant", String(512), primary_key=True),
    Column("kind", String(32), primary_key=True),
    Column("key", String(512), primary_key=True),
    Column("relation", String(32), primary_key=True),
    Column("identifier", String(512), primary_key=True),
    # The root of the tenant's tree: within one tree they find each other.
    Column("root", String(512), nullable=False),
    Index("oc_mentions_of", "root", "identifier", "relation"),
)

notices = Table(
    "oc_notices",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("hook", String(64), nullable=False),
    Column("facts", Text, nullable=False),
    Column("made_at", Float, nullable=False),
)
