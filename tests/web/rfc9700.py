"""RFC 9700, OAuth 2.0 Security Best Current Practice, as a client has to read it: item by item.

Each item names the tests that show it, or says why it is not ours to do.
"""

from dataclasses import dataclass
from typing import Final

STATES = "tests/web/test_states.py"
SECURITY = "tests/web/test_security.py"
PLANTING = "tests/web/test_planting.py"
OUTCOMES = "tests/web/test_outcomes.py"
HERE = "tests/web/test_rfc9700.py"
ELEMENT = "tests/web/test_embed_in_a_browser.py"
SIGN_IN = "tests/web/test_signin.py"
OAUTH = "tests/registry/test_oauth.py"
ID_TOKENS = "tests/registry/test_oauth_id_tokens.py"
SERVER = "It is a rule for authorization servers; ORCID's is not ours"


@dataclass(frozen=True, slots=True)
class Item:
    """One recommendation: its section, itself in a sentence, and what shows it or why not."""

    section: str
    recommendation: str
    shown_by: tuple[str, ...] = ()
    reason: str = ""


ITEMS: Final = (
    Item(
        "2.1",
        "The redirect URI is one exact string, the same in both requests of a flow.",
        (f"{HERE}::test_one_redirect_uri", f"{OUTCOMES}::test_scopes_asked_for"),
    ),
    Item(
        "2.1",
        "No address of the client forwards a browser to wherever a parameter says.",
        (
            f"{SECURITY}::test_no_open_redirect",
            "tests/web/test_attacks.py::test_no_open_redirect_anywhere",
            "tests/journeys/test_linking_returns.py::test_refused",
        ),
    ),
    Item(
        "2.1",
        "Cross-site request forgery of the redirect URI is prevented by a state bound to the "
        "browser, used once.",
        (f"{STATES}::test_other_browser", f"{STATES}::test_used_once", f"{STATES}::test_tampered"),
    ),
    Item(
        "2.1",
        "A client of several authorization servers defends itself against their being mixed up.",
        (f"{STATES}::test_mix_up", f"{HERE}::test_a_state_knows_its_server"),
    ),
    Item("2.1", "Redirects that may carry credentials are no 307.", (f"{HERE}::test_only_303",)),
    Item(
        "2.1.1",
        "Codes cannot be injected: PKCE, or for confidential OpenID clients the nonce.",
        (f"{OUTCOMES}::test_wrong_nonce", f"{ID_TOKENS}::test_wrong_claim"),
        "PKCE itself is not sent: ORCID does not support it, and its token proxy drops the "
        "verifier (REGISTRY.md 2.1). We are a confidential client, and the nonce is required.",
    ),
    Item(
        "2.1.1",
        "The nonce is made for one transaction and bound to the browser that began it.",
        (f"{HERE}::test_each_transaction_is_its_own", f"{STATES}::test_other_browser"),
    ),
    Item(
        "2.1.1",
        "A verified nonce is required even where the answer looks right without one.",
        (f"{ID_TOKENS}::test_wrong_claim", f"{OAUTH}::test_answer_without_identity"),
    ),
    Item(
        "2.1.2",
        "The implicit grant is not used: tokens never come out of the authorization endpoint.",
        (f"{HERE}::test_codes_only", "tests/web/test_in_a_browser.py::test_other_fragments"),
    ),
    Item(
        "2.2.1",
        "Access tokens are bound to their sender.",
        reason="ORCID issues bearer tokens alone, without mutual TLS or DPoP (REGISTRY.md 2.3).",
    ),
    Item(
        "2.2.2",
        "Refresh tokens are bound to the client, or rotated.",
        ("tests/store/test_vault.py::test_another_owner_cannot_open",),
        "ORCID takes a refresh token only together with our client secret, and its access tokens "
        "live for twenty years, so no journey of ours refreshes one; they are sealed at rest.",
    ),
    Item(
        "2.3",
        "Tokens are asked for with the least privileges.",
        (
            f"{HERE}::test_least_privileges",
            f"{OUTCOMES}::test_public_credential",
            f"{SIGN_IN}::test_it_asks_for_the_identity_alone",
        ),
    ),
    Item(
        "2.3",
        "Tokens are restricted to one audience and sent nowhere else.",
        (
            f"{OAUTH}::test_redirects_are_not_followed",
            "tests/registry/test_bad_answers.py::test_redirects_keep_the_token",
        ),
    ),
    Item(
        "2.4",
        "The password grant is not used: the person's ORCID password never passes through us.",
        (f"{HERE}::test_codes_only", "tests/web/test_pages.py::test_nobody_can_type_an_id"),
    ),
    Item(
        "2.5",
        "The client authenticates itself to the token endpoint, if possible by a key of its own.",
        (f"{OAUTH}::test_credentials_go_in_the_form", f"{OAUTH}::test_wrong_secret"),
        "ORCID takes client_secret_post alone (REGISTRY.md 1), no keys.",
    ),
    Item(
        "2.6",
        "The server's metadata is used, so that nobody has to type its addresses.",
        ("tests/frame/test_settings.py::test_fixed_environments_have_fixed_addresses",),
        "The addresses of each environment are fixed here, which says more than metadata would.",
    ),
    Item(
        "2.6",
        "Neither client id nor iD can be taken for the other.",
        (f"{ID_TOKENS}::test_wrong_claim", f"{OAUTH}::test_parts_that_name_two_people"),
    ),
    Item(
        "2.6",
        "Authorization answers do not travel over unencrypted connections.",
        (
            "tests/frame/test_settings.py::test_contradictions_stop_the_start",
            f"{SECURITY}::test_secure_cookie",
        ),
    ),
    Item(
        "2.6",
        "Messages between windows go to one exact origin and are believed from one alone.",
        (f"{HERE}::test_messages_between_windows_name_their_origin",),
    ),
    Item(
        "2.6",
        "Cross-origin requests are not allowed where people are sent to and come back.",
        (f"{HERE}::test_no_foreign_page_may_read",),
    ),
    Item(
        "4.1",
        "Redirect URIs are compared exactly, and their site has no open redirector.",
        (
            f"{HERE}::test_one_redirect_uri",
            "tests/web/test_attacks.py::test_no_open_redirect_anywhere",
        ),
    ),
    Item(
        "4.1",
        "A fragment is never carried on by a redirect of ours.",
        (f"{HERE}::test_only_303",),
        "A browser may carry a fragment on to ORCID or the host; none of ours ever holds a token, "
        "since only codes are asked for (2.1.2).",
    ),
    Item(
        "4.2",
        "The page at the redirect URI loads nothing from elsewhere and sends no Referer there.",
        (
            f"{HERE}::test_the_page_at_the_redirect_uri_keeps_its_address",
            "tests/web/test_pages.py::test_every_page_is_sound",
        ),
    ),
    Item(
        "4.2",
        "State and code are worthless once used, whoever finds them.",
        (f"{STATES}::test_used_once", f"{STATES}::test_used_up_before_the_code_is_exchanged"),
    ),
    Item(
        "4.3",
        "No access token stands in an address; codes in the history are used up.",
        (f"{HERE}::test_no_token_in_an_address", f"{STATES}::test_used_once"),
    ),
    Item(
        "4.4",
        "The server for which a state was made is kept in it, and an answer of another is refused.",
        (f"{HERE}::test_a_state_knows_its_server", f"{STATES}::test_mix_up"),
    ),
    Item(
        "4.5",
        "A code of another transaction is not accepted, nor what came of it kept.",
        (f"{OUTCOMES}::test_wrong_nonce", f"{OAUTH}::test_replayed_and_unknown_codes"),
    ),
    Item(
        "4.6",
        "An access token cannot be slipped in: it comes from the token endpoint, with its at_hash.",
        (f"{ID_TOKENS}::test_wrong_claim", f"{HERE}::test_codes_only"),
    ),
    Item(
        "4.7",
        "The state is made for one transaction, bound to the browser, and its contents sealed.",
        (
            f"{HERE}::test_each_transaction_is_its_own",
            f"{STATES}::test_tampered",
            f"{STATES}::test_forged_with_another_key",
            f"{PLANTING}::test_planted_on_somebody_signed_in",
            "tests/journeys/test_linking.py::test_state_tells_nothing",
        ),
    ),
    Item(
        "4.7",
        "Nobody is signed in as somebody else by a planted answer, nor a sign-in taken for a link.",
        (
            f"{SIGN_IN}::test_bound_to_the_browser",
            f"{SIGN_IN}::test_the_errands_do_not_mix",
            f"{SIGN_IN}::test_the_readmes_example_begins_a_new_session",
        ),
    ),
    Item(
        "4.7",
        "Connecting is not started by another site without a click on a page of ours.",
        (
            f"{PLANTING}::test_started_from_another_site",
            f"{SIGN_IN}::test_another_site_asks_first",
            "tests/web/test_planted_tickets.py::test_planted_ticket_asks_first",
        ),
    ),
    Item("4.8", "PKCE is not downgraded.", reason="There is none to downgrade: see 2.1.1."),
    Item(
        "4.9",
        "No token is sent to a resource server that an answer or a parameter names.",
        (
            f"{OAUTH}::test_redirects_are_not_followed",
            "tests/registry/test_bad_answers.py::test_redirects_keep_the_token",
        ),
    ),
    Item(
        "4.10",
        "A stolen token is of little use: kept sealed, never shown, and revoked when done with.",
        (
            "tests/store/test_vault.py::test_a_seal_does_not_show_the_secret",
            f"{SECURITY}::test_nothing_secret_comes_out",
            "tests/journeys/test_linking.py::test_disconnect_forgets_the_token",
        ),
    ),
    Item(
        "4.11",
        "The client is no open redirector, and does not redirect to ORCID unasked.",
        (
            "tests/web/test_attacks.py::test_no_open_redirect_anywhere",
            f"{PLANTING}::test_started_from_another_site",
        ),
    ),
    Item("4.12", "Redirects are answered with 303.", (f"{HERE}::test_only_303",)),
    Item(
        "4.13",
        "Headers that a proxy should have set are not believed when they come from outside.",
        (
            f"{HERE}::test_headers_of_proxies_decide_nothing",
            f"{SECURITY}::test_host_header_decides_nothing",
            "tests/hosts/test_two_mounts.py::test_behind_a_proxy",
        ),
    ),
    Item(
        "4.14",
        "Refresh tokens are confidential, bound to the client, and revoked with the permission.",
        (
            "tests/store/test_vault.py::test_another_owner_cannot_open",
            "tests/journeys/test_linking.py::test_disconnect_forgets_the_token",
        ),
    ),
    Item(
        "4.15",
        "A client cannot pass for a person.",
        (f"{ID_TOKENS}::test_wrong_claim",),
        f"{SERVER}; that an iD is one, with its check digit, is looked at here.",
    ),
    Item(
        "4.16",
        "No page can be framed.",
        (f"{SECURITY}::test_headers", "tests/web/test_attacks.py::test_no_page_can_be_framed"),
    ),
    Item(
        "4.17",
        "Windows that talk to each other name the exact origin, as sender and as receiver.",
        (
            f"{HERE}::test_messages_between_windows_name_their_origin",
            f"{ELEMENT}::test_words_from_elsewhere",
            f"{ELEMENT}::test_a_popup_across_sites",
        ),
    ),
)
"""Everything that section 2 and section 4 ask of a client."""
