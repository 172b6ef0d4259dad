"""Whether this process can serve."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from orcid_connect.web.doors import Doors


class Health:
    """Answers whoever watches over the process."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors

    async def show(self, _request: Request) -> Response:
        """Tell whether the services can be opened and the database be read."""
        services = await self._doors.get_services()
        async with services.database.reading() as connection:
            await connection.exec_driver_sql("SELECT 1")
        return JSONResponse({"status": "ok"})
