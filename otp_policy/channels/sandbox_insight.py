"""The part of the sandbox that counts readers, as LINE's insight and delivery addresses do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone

from otp_policy.channels.sandbox_state import Answer, Record, Request, State

__all__ = ["answer", "knows"]

LINE_ZONE = timezone(timedelta(hours=9))  # LINE counts by Japan's days
FEWEST_TOLD = 20  # below this LINE tells null, so that no reader can be guessed


def knows(path: str) -> bool:
    """Whether *path* asks for numbers."""
    return path in _ANSWERS


def answer(request: Request, *, state: State, account: str) -> Answer:
    """Return the numbers of *account*; 400 for a day that is none."""
    return _ANSWERS[request.path](request, state, account)


def _event(request: Request, state: State, account: str) -> Answer:
    request_id = request.query.get("requestId", "")
    if not request_id:
        return Answer(status=400, body={"message": "The value for the 'requestId' is missing"})
    sent = next((item for item in _messages(state, account) if item["id"] == request_id), None)
    settings = state.settings
    overview: Record = {"requestId": request_id, "timestamp": None, "delivered": None}
    names = ("uniqueImpression", "uniqueClick", "uniqueMediaPlayed", "uniqueMediaPlayed100Percent")
    overview |= dict.fromkeys(names)
    if sent is None or settings.line_statistics != "ready":
        return Answer(status=200, body={"overview": overview, "messages": [], "clicks": []})
    readers = _told(settings.line_unique_impressions)
    clicks = _told(settings.line_unique_clicks)
    instant = int(datetime.fromisoformat(str(sent["received_at"])).timestamp())
    overview |= {"timestamp": instant, "delivered": settings.line_friends}
    overview |= {"uniqueImpression": readers, "uniqueClick": clicks}
    body: Record = {"overview": overview, "messages": [{"seq": 1, "impression": readers}]}
    body["clicks"] = [
        {
            "seq": 1,
            "url": sent["url"],
            "click": clicks,
            "uniqueClick": clicks,
            "uniqueClickOfRequest": clicks,
        }
    ]
    return Answer(status=200, body=body)


def _told(number: int) -> int | None:
    return number if number >= FEWEST_TOLD else None


def _messages(state: State, account: str) -> list[Record]:
    """Return what *account* has broadcast."""
    return [
        item
        for item in state.messages
        if (item["channel"], item["account"]) == ("line", account)
        and item["operation"] == "broadcast"
    ]


def _followers(request: Request, state: State, account: str) -> Answer:
    def numbers(day: str) -> Record:
        friends = state.settings.line_friends
        return {"followers": friends, "targetedReaches": friends, "blocks": 0}

    return _of_day(request, state, numbers)


def _deliveries(request: Request, state: State, account: str) -> Answer:
    return _of_day(request, state, lambda day: {"apiBroadcast": _sent(state, account, day=day)})


def _broadcasts(request: Request, state: State, account: str) -> Answer:
    return _of_day(request, state, lambda day: {"success": _sent(state, account, day=day)})


def _sent(state: State, account: str, *, day: str) -> int:
    """Return how many messages reached friends on *day*."""
    days = [_line_day(str(item["received_at"])) for item in _messages(state, account)]
    return days.count(day) * state.settings.line_friends


def _line_day(instant: str) -> str:
    return datetime.fromisoformat(instant).astimezone(LINE_ZONE).strftime("%Y%m%d")


def _of_day(request: Request, state: State, numbers: Callable[[str], Record]) -> Answer:
    """Return the numbers of a day that is over; LINE counts them on the next."""
    today = datetime.now(LINE_ZONE)
    day = request.query.get("date", (today - timedelta(days=1)).strftime("%Y%m%d"))
    try:
        datetime.strptime(day, "%Y%m%d").replace(tzinfo=LINE_ZONE)
    except ValueError:
        return Answer(status=400, body={"message": "The value for the 'date' is invalid"})
    status = state.settings.line_statistics
    if status == "ready" and day >= today.strftime("%Y%m%d"):
        status = "unready"
    body: Record = {"status": status}
    return Answer(status=200, body=body | (numbers(day) if status == "ready" else {}))


_ANSWERS: dict[str, Callable[[Request, State, str], Answer]] = {
    "/v2/bot/insight/message/event": _event,
    "/v2/bot/insight/followers": _followers,
    "/v2/bot/insight/message/delivery": _deliveries,
    "/v2/bot/message/delivery/broadcast": _broadcasts,
}
