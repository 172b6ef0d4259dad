"""How Alembic runs our migrations: on the connection it is handed, within its transaction."""

from alembic import context

from orcid_connect.store.schema import metadata

VERSION_TABLE = "oc_version"

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    include_name=lambda name, kind, _: kind != "table" or str(name).startswith("oc_"),
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
