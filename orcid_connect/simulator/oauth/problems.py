"""The OAuth family of errors: `{"error", "error_description"}` (REGISTRY 2.3)."""

from orcid_connect.simulator.wire import Answer, json_answer


class OAuthProblem(Exception):
    """A refusal of the token, revoke or introspection endpoint."""

    def __init__(self, status: int, error: str, description: str) -> None:
        """Refuse with this status, error word and sentence."""
        super().__init__(f"{status} {error}")
        self.status = status
        self.error = error
        self.description = description

    def answer(self) -> Answer:
        """Write the refusal."""
        body = {"error": self.error, "error_description": self.description}
        return json_answer(self.status, body, f"refused: {self.error} ({self.status})")


def invalid_client(description: str = "Bad client credentials") -> OAuthProblem:
    """Refuse an unknown client or a wrong secret."""
    return OAuthProblem(401, "invalid_client", description)


def server_error(description: str) -> OAuthProblem:
    """Refuse the way the registry refuses what it did not foresee."""
    return OAuthProblem(500, "server_error", description)
