"""Odd requests: valid bodies broken in one place, any JSON, half JSON, paths nobody means."""

import copy
import json
from typing import Any

from hypothesis import strategies as st

from tests.simulator.lives.world_model import KINDS, body_of, plural_of, segment_of

METHODS = st.sampled_from(["GET", "HEAD", "POST", "PUT", "PATCH", "OPTIONS", "TRACE"])
ACCEPTS = st.sampled_from(
    [
        "application/json",
        "application/json",
        "application/vnd.orcid+json",
        "application/orcid+xml",
        "application/xml;q=0.1, application/json;q=nan",
        "text/html, */*;q=0.1",
        "*/*",
        "",
        ";;,,q=",
    ]
)
CONTENT_TYPES = st.sampled_from(
    [
        "application/json",
        "application/json",
        "application/vnd.orcid+json; charset=utf-8",
        "application/xml",
        "application/x-www-form-urlencoded",
        "text/plain",
        "",
    ]
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(
        ["", " ", "self", "\ud800", "\x00", "9" * 400, "https://orcid.org/", "10.5555/"]
    ),
    st.sampled_from([10**30, -1, 2**63, 1e308]),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["value", "title", "year", "external-id", "put-code", "content", "x"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=6,
)
SEGMENTS = st.one_of(
    st.sampled_from(
        [
            *(segment_of(kind) for kind in KINDS),
            *(plural_of(kind) for kind in KINDS),
            *("summary", "record", "person", "activities", "email", "biography", "address"),
            *("personal-details", "external-identifiers", "webhook", "group-id-record", "client"),
            *("identifiers", "status", "apiStatus", "notification-permission", "v2.1", "v3.0_rc1"),
            *("0", "-1", "1e3", "9" * 30, "१२", "%00", "%2F", "..", "a,b", "1,2,999999999"),
        ]
    ),
    st.text(alphabet="abc/%é?#&;=,. 0\\", max_size=6),
)
TOP_PATHS = st.sampled_from(
    [
        *("/", "/signin", "/register", "/account", "/account/revoke", "/userStatus.json"),
        *("/oauth/authorize", "/oauth/token", "/oauth/revoke", "/oauth/userinfo", "/oauth/jwks"),
        *("/oauth2/introspect", "/.well-known/openid-configuration", "/api", "/pub/v3.0/search"),
        *("/_control/people", "/_control/clients", "/_control/codes", "/_control/organizations"),
        *("/_control/issns", "/_control/items", "/_control/groups", "/_control/nothing"),
    ]
)
FIELDS = st.dictionaries(
    st.sampled_from(
        [
            *("client_id", "client_secret", "grant_type", "code", "redirect_uri", "scope", "state"),
            *("response_type", "prompt", "nonce", "max_age", "refresh_token", "subject_token"),
            *("username", "password", "email", "given", "family", "decision", "access_token"),
            *("callback", "offset", "pageSize", "page-size", "name", "id_token_hint", "orcid"),
        ]
    ),
    st.one_of(
        st.sampled_from(
            [
                *("authorization_code", "refresh_token", "client_credentials", "code", "openid"),
                *("id_token token", "login", "none", "9", "/read-limited openid"),
                *("urn:ietf:params:oauth:grant-type:token-exchange", "http://[", "APP-"),
            ]
        ),
        st.text(max_size=12),
    ),
    max_size=6,
)


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every container of a JSON value with each of its keys or positions."""
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    else:
        return []
    return [(value, key) for key, _ in inner] + [
        place for _, each in inner for place in places(each)
    ]


@st.composite
def broken_bodies(draw: st.DrawFn, kind: str) -> Any:
    """A valid body with one to three of its members replaced, or taken out."""
    body = copy.deepcopy(body_of(kind, "odd"))
    for _ in range(draw(st.integers(1, 3))):
        found = places(body)
        if not found:
            break
        container, key = draw(st.sampled_from(found))
        if draw(st.booleans()):
            container[key] = draw(VALUES)
        else:
            del container[key]
    return body


@st.composite
def odd_bytes(draw: st.DrawFn) -> bytes:
    """A body that nobody means: any JSON, half of it, or no JSON at all."""
    if draw(st.booleans()):
        return draw(
            st.sampled_from(
                [
                    *(b"", b"null", b"{", b"[" * 5000, b'{"a":' * 3000, b"\xff\xfe", b"NaN"),
                    *(b'{"put-code": 1e999}', b"\xef\xbb\xbf{}", b'"\\ud800"', b"{}", b"[]"),
                    *(b'{"bulk": null}', b'{"bulk": [null, {"work": null}, {"error": 1}]}'),
                ]
            )
        )
    kind = draw(st.sampled_from(KINDS))
    text = json.dumps(draw(broken_bodies(kind) | VALUES)).encode()
    return text[: len(text) // 2] if draw(st.integers(0, 3)) == 0 else text
