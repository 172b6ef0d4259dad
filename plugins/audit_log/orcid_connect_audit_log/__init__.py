"""An audit log: one JSON line for each thing that plugins are told. It holds no secrets."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from orcid_connect import DeliveryNotice, LinkNotice, hookimpl

VARIABLE = "ORCID_CONNECT_AUDIT_LOG"


class AuditLog:
    """The plugin; `path` overrides the variable, for hosts that configure it themselves."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path

    @hookimpl
    def orcid_link_made(self, link: LinkNotice) -> None:
        """Write that a person connected."""
        self._write("connected", link.model_dump())

    @hookimpl
    def orcid_link_ended(self, link: LinkNotice, reason: str) -> None:
        """Write that a link ended, and why."""
        self._write("disconnected", link.model_dump() | {"reason": reason})

    @hookimpl
    def orcid_delivery_settled(self, delivery: DeliveryNotice, outcome: str) -> None:
        """Write how a delivery came to rest."""
        self._write(outcome, delivery.model_dump())

    def _write(self, what: str, facts: dict[str, Any]) -> None:
        named = os.environ.get(VARIABLE)
        path = self._path or (Path(named) if named else None)
        if path is None:
            return
        line = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "what": what, **facts}
        with path.open("a", encoding="utf-8") as log:
            log.write(json.dumps(line, ensure_ascii=False) + "\n")


AUDIT_LOG = AuditLog()
