"""`OrcidConnect`, the object a host mounts: an app for either kind of server, and the calls."""

from collections.abc import Sequence
from functools import cached_property

from orcid_connect.asynchronous import Asynchronous
from orcid_connect.observe import Clock, wall_clock
from orcid_connect.registry.transport import HttpTransport
from orcid_connect.settings import Settings
from orcid_connect.synchronous import Synchronous
from orcid_connect.wsgi import Wsgi


class OrcidConnect(Asynchronous):
    """The whole product behind one object; mount it, or serve it by itself."""

    def __init__(
        self,
        settings: Settings,
        plugins: Sequence[object] = (),
        *,
        clock: Clock = wall_clock,
        http: HttpTransport | None = None,
    ) -> None:
        super().__init__(settings, plugins, clock=clock, http=http)
        self._given_plugins = plugins

    @cached_property
    def sync(self) -> Synchronous:
        """Every call for hosts without an event loop, from any thread; see its own `close`."""
        apart = Asynchronous(self.settings, self._given_plugins, clock=self.clock, http=self._http)
        return Synchronous(apart)

    @cached_property
    def wsgi(self) -> Wsgi:
        """The WSGI app, on one event loop with `sync`.

        Raises `SettingsError` if the extra `wsgi` is not installed.
        """
        return Wsgi(self.sync.behind, self.sync.thread, self.settings)
