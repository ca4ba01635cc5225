"""What can go wrong between a client and the venue, and the queue of what shall go wrong next."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum


class Fault(Enum):
    """Ways in which a request, an order or a stream goes wrong."""

    REFUSED = "an error in JSON; nothing was executed"
    RATE_LIMIT = "an error in JSON that says we ask too often"
    BUSY = "an error in JSON that says the service is busy"
    MAINTENANCE = "an error in JSON that says the service is not available"
    WRONG_NONCE = "an error in JSON that says the nonce is not valid"
    SERVICE_TIMEOUT = "an error in JSON that says the service timed out"
    TIMEOUT_BEFORE = "no answer, and the request never arrived"
    TIMEOUT_AFTER = "executed, and no answer"
    LATE = "no answer; the request reaches the engine only after a delay"
    DISCONNECTED = "the connection ends before anything is done"
    LOST_REPLY = "executed, then the connection ends without a reply"
    CUT_HEADERS = "the connection ends within the headers"
    CUT_BODY = "the connection ends within the body"
    TRUNCATED = "JSON that stops in the middle"
    HTML = "an HTML page with status 200"
    EMPTY = "an empty body with status 200"
    TOO_MANY = "429"
    BAD_GATEWAY = "502"
    ODD_GATEWAY = "520"
    GATEWAY_TIMEOUT = "524"
    PENDING = "accepted, but the order does not enter the book until it is released"
    PARTIAL_STALL = "half of the order executes, then it stalls"
    VENUE_CANCEL = "the venue cancels the order at once"
    PARTIAL_CANCEL = "half of the order executes, then the venue cancels the rest"
    DUPLICATED_FRAME = "a frame comes twice"
    REORDERED_FRAME = "a frame comes after the next one"
    LOST_FRAME = "a frame does not come"
    STREAM_CUT = "the stream ends instead of a frame"


ERRORS: Mapping[Fault, str] = {
    Fault.REFUSED: "EOrder:Insufficient funds",
    Fault.RATE_LIMIT: "EAPI:Rate limit exceeded",
    Fault.BUSY: "EService:Busy",
    Fault.MAINTENANCE: "EService:Unavailable",
    Fault.WRONG_NONCE: "EAPI:Invalid nonce",
    Fault.SERVICE_TIMEOUT: "EService:Timeout",
}
"""Faults that are an answer in JSON, and its error."""
_OF_ORDERS = frozenset({Fault.PENDING, Fault.PARTIAL_STALL, Fault.VENUE_CANCEL, Fault.PARTIAL_CANCEL})
_OF_STREAMS = frozenset({Fault.DUPLICATED_FRAME, Fault.REORDERED_FRAME, Fault.LOST_FRAME, Fault.STREAM_CUT})
_CHANNELS = frozenset({"executions", "ticker", "ohlc"})
_HARMLESS = frozenset(ERRORS) - {Fault.SERVICE_TIMEOUT} | {Fault.TIMEOUT_BEFORE, Fault.DISCONNECTED, Fault.TOO_MANY}
"""Faults after which nothing was executed, unless a test says otherwise."""


@dataclass(frozen=True, slots=True)
class Injection:
    """A fault that is due. `executed` says whether the request took effect all the same."""

    fault: Fault
    executed: bool
    error: str


class Faults:
    """Faults by endpoint ("AddOrder") or channel ("executions"), met in turn."""

    def __init__(self) -> None:
        self._due: dict[str, deque[Injection]] = defaultdict(deque)
        self._lasting: dict[str, Injection] = {}

    def fail(
        self, endpoint: str, fault: Fault, *, times: int | None = 1, executed: bool | None = None, error: str = ""
    ) -> None:
        """The next `times` uses of `endpoint` (every one until `heal` for None) meet `fault`.

        Without `executed`, a fault that leaves the outcome open comes after the request took effect.
        Raises ValueError for a fault that cannot happen there.
        """
        if (fault in _OF_STREAMS) != (endpoint in _CHANNELS) or (fault in _OF_ORDERS and endpoint != "AddOrder"):
            raise ValueError(f"{fault.name} cannot happen to {endpoint}")
        effect = fault not in _HARMLESS if executed is None else executed
        injection = Injection(fault, effect, error or ERRORS.get(fault, ""))
        if times is None:
            self._lasting[endpoint] = injection
        else:
            self._due[endpoint].extend([injection] * times)

    def heal(self) -> None:
        """Nothing goes wrong any more."""
        self._due.clear()
        self._lasting.clear()

    def take(self, endpoint: str) -> Injection | None:
        """What goes wrong with this use of `endpoint`."""
        due = self._due[endpoint]
        return due.popleft() if due else self._lasting.get(endpoint)
