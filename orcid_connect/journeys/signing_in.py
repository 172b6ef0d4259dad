"""Signing in with ORCID: who somebody is, proven, and nothing more.

No link is made and no permission kept: whatever the host makes of the identity, connecting an
account is another errand, with a state that cannot be mistaken for this one's.
"""

import asyncio

from pydantic import SecretStr

from orcid_connect.errors import RegistryError, StoreError
from orcid_connect.journeys.arriving import (
    Arrival,
    Completion,
    Outcome,
    Proven,
    prove,
    stale_completion,
    use_up,
)
from orcid_connect.journeys.link_states import (
    LinkState,
    StaleState,
    browser_hash,
    new_nonce,
    sign_state,
)
from orcid_connect.journeys.linking import Leaving
from orcid_connect.journeys.returning import checked_return
from orcid_connect.journeys.revoking import drop_unkept
from orcid_connect.notices import SignedIn
from orcid_connect.observe import describe, log
from orcid_connect.purposes import Purpose
from orcid_connect.registry.oauth import Prefill
from orcid_connect.services import Services
from orcid_connect.settings import Credential

PURPOSE: Purpose = "identify"
"""All that a sign-in asks for."""
EMAIL_SECONDS = 3.0
"""How long a sign-in waits for an address that it can do without."""


def begin_sign_in(services: Services, tenant: str, leaving: Leaving, browser: str) -> str:
    """Return the address at ORCID where somebody signs in; nothing is stored.

    Raises `LinkingError` for a return address that is not allowed or too long to be carried,
    `SettingsError` without a credential for the tenant.
    """
    settings = services.settings
    credential = settings.credential_for(tenant)
    state = LinkState(
        person="",
        credential=credential.name,
        environment=credential.environment,
        return_to=checked_return(settings, leaving.return_to),
        nonce=new_nonce(),
        browser=browser_hash(browser),
        purpose=PURPOSE,
        display=leaving.display,
        language=leaving.language,
        errand="sign-in",
        tenant=tenant,
    )
    return services.oauth(credential).authorize_url(
        state=sign_state(settings, services.clock, state),
        nonce=state.nonce,
        scopes=credential.scopes(PURPOSE),
        redirect_uri=settings.redirect_uri,
        prefill=Prefill(language=leaving.language),
    )


async def complete_sign_in(services: Services, arrival: Arrival) -> Completion:
    """Take somebody back who left to sign in; their identity is with the outcome SIGNED_IN.

    The permission that came along is given up at once. Raises `StoreError` alone.
    """
    given, state = arrival.given, arrival.state
    if given.is_empty:
        return Completion(Outcome.UNANSWERED, state=state)
    if arrival.stale is not None or state is None or state.errand != "sign-in":
        return stale_completion(arrival.stale or StaleState("forged"))
    try:
        await use_up(services, given, state)
    except StaleState as stale:
        return stale_completion(stale)
    if given.error == "access_denied":
        return Completion(Outcome.REFUSED, state=state)
    found = await prove(services, state, given, state.tenant)
    if isinstance(found, Completion):
        return found
    return await _signed_in(services, state, found)


async def _signed_in(services: Services, state: LinkState, proven: Proven) -> Completion:
    credential, new = proven.credential, proven.new
    email = await _shown_email(services, credential, new.orcid, new.access_token)
    await drop_unkept(services, credential, new, "signing in needs no permission")
    identity = SignedIn(
        orcid=new.orcid,
        uri=f"{credential.site}/{new.orcid}",
        environment=credential.environment,
        credential=credential.name,
        tenant=state.tenant,
        name=new.name,
        email=email,
    )
    return Completion(Outcome.SIGNED_IN, state=state, orcid=new.orcid, identity=identity)


async def _shown_email(
    services: Services, credential: Credential, orcid: str, token: SecretStr
) -> str | None:
    """Return an address that ORCID verified and the person shows; nobody needs to show one."""
    try:
        async with asyncio.timeout(EMAIL_SECONDS):
            shown = await services.public_api(credential).emails(orcid, token=token)
    except (RegistryError, StoreError, TimeoutError) as error:
        log.warning("signing in goes on without an e-mail address: %s", describe(error))
        return None
    verified = [one for one in shown.items if one.email and one.verified]
    verified.sort(key=lambda one: not one.primary)
    return verified[0].email if verified else None
