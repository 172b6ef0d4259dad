"""Permission messages over the Member API: sent, listed, read and archived (REGISTRY 9.3)."""

from orcid_connect.simulator import judging
from orcid_connect.simulator.api.context import Context
from orcid_connect.simulator.api.guards import require_scope
from orcid_connect.simulator.api.problems import Problem
from orcid_connect.simulator.entities import Notification
from orcid_connect.simulator.notifications.message import read_message, show_message
from orcid_connect.simulator.wire import Answer

SCOPE = frozenset({"/premium-notification"})
MAX_LISTED = 1000


def send_notification(context: Context) -> Answer:
    """Answer POST of a message."""
    _check(context)
    world = context.world
    try:
        payload = judging.parse(context.call.body)
    except ValueError as problem:
        raise Problem(9001, detail="the body is not JSON") from problem
    message = read_message(payload, world.base_url)
    client = context.caller.client
    notification = Notification(
        put_code=world.next_put_code(),
        orcid=context.orcid,
        client_id=client.client_id if client else "",
        message=message,
        created=world.clock.milliseconds(),
    )
    world.notifications.put(notification)
    location = f"{world.base_url}{context.call.raw_path}/{notification.put_code}"
    decision = f"sent notification {notification.put_code}"
    return Answer(201, headers=[("location", location)], decision=decision)


def list_notifications(context: Context) -> Answer:
    """Answer GET of all messages that this client sent to the person."""
    _check(context)
    client = context.caller.client
    own = [
        one
        for one in context.world.notifications
        if one.orcid == context.orcid and client is not None and one.client_id == client.client_id
    ]
    listed = [show_message(one, context.caller.name or "") for one in own[-MAX_LISTED:]]
    return context.reply({"notification": listed}, f"listed {len(listed)} notifications")


def read_notification(context: Context) -> Answer:
    """Answer GET of one message."""
    notification = _own(context, otherwise=9004)
    value = show_message(notification, context.caller.name or "")
    return context.reply(value, f"read notification {notification.put_code}")


def archive_notification(context: Context) -> Answer:
    """Answer DELETE of one message: it is archived, unless the person has read it."""
    notification = _own(context, otherwise=9010)
    if notification.read is not None:
        raise Problem(9009)
    notification.archived = context.world.clock.milliseconds()
    context.world.notifications.put(notification)
    value = show_message(notification, context.caller.name or "")
    return context.reply(value, f"archived notification {notification.put_code}")


def _check(context: Context) -> None:
    """The scope is asked for as documented; deactivated records may be written to (7.3)."""
    require_scope(context.caller, SCOPE)
    if context.orcid not in context.world.people:
        raise Problem(9016)


def _own(context: Context, *, otherwise: int) -> Notification:
    put_code = context.put_code()
    _check(context)
    notification = context.world.notifications.get(put_code)
    if notification is None or notification.orcid != context.orcid:
        raise Problem(9029, parameters={"orcid": context.orcid, "id": put_code})
    client = context.caller.client
    if client is None or client.client_id != notification.client_id:
        raise Problem(otherwise, parameters={"activity": "notification"})
    return notification
