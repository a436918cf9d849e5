"""Why a call of the control API is not carried out: each kind of problem with its stable type and its sentence."""

from enum import Enum

SEE_OPENAPI = "What there is stands in /openapi.json."


# fmt: off
class ProblemCode(Enum):
    """Every kind of problem: its code, and its sentence with what it names in braces."""

    # The till that is called
    NO_SUCH_TILL       = "no-such-till",       "There is no till at address {address}; there is {there}."
    NO_SUCH_DEVICE     = "no-such-device",     "There is no simulated device {device!r}; there is {there}."
    DEVICE_NOT_NAMED   = "device-not-named",   "There are several simulated devices: say which, ?device={first}; there is {there}."
    LINE_STOPPED       = "line-stopped",       "The line has stopped: the simulator is ending."

    # What it does not do
    UNKNOWN_KEY        = "unknown-key",        'There is no key "{key}". The keys are {keys}, in Latin also {latin}.'
    TOO_MANY_KEYS      = "too-many-keys",      "{keys} keys are too many for one call: it takes {most}."
    NO_SUCH_OPTION     = "no-such-option",     "The till has no option {option}."
    BAD_OPTION_VALUE   = "bad-option-value",   "Option {option} does not take {value}."
    ADDRESS_TAKEN      = "address-taken",      "Address {address} is another till's on this line."
    RECEIPT_OPEN       = "receipt-open",       "Option {option} cannot change while a receipt is open."
    REQUEST_OPEN       = "request-open",       "Option {option} cannot be switched off while a request of the SmartBox is open."
    CLOCK_ENDS         = "clock-ends",         "The till's clock ends with the year {year}."

    # The call itself
    NOTHING_THERE      = "nothing-there",      f"There is nothing at {{path}}. {SEE_OPENAPI}"
    WRONG_METHOD       = "wrong-method",       f"{{path}} takes {{allowed}}, not {{method}}. {SEE_OPENAPI}"
    NO_SUCH_WEBSOCKET  = "no-such-websocket",  f"There is no WebSocket at /{{path}}, only at /v1/events. {SEE_OPENAPI}"
    NEEDS_A_WEBSOCKET  = "needs-a-websocket",  "Events come over a WebSocket: connect to this address with ws:// in place of http://."
    BODY_NOT_JSON      = "body-not-json",      "The body is not JSON from line {line}, column {column} on."
    BODY_UNTYPED       = "body-untyped",       "The body came without a Content-Type: send JSON with the header Content-Type: application/json."
    BODY_OF_OTHER_TYPE = "body-of-other-type", "The body came as {content_type}: send JSON with the header Content-Type: application/json."
    DOES_NOT_FIT       = "does-not-fit",       "{faults}."
    FOREIGN            = "foreign",            "This server is for this computer only, not for {name}."
    REFUSED            = "refused",            "{said}"
    OUR_MISTAKE        = "our-mistake",        "A mistake in kkm-sim itself; its log says more."
    # fmt: on

    def __init__(self, code: str, sentence: str) -> None:
        self.code = code
        self.sentence = sentence

    @property
    def type(self) -> str:
        """The `type` of its problem details (RFC 9457): it never changes."""
        return f"{TYPE_PREFIX}{self.code}"


TYPE_PREFIX = "urn:kkm-sim:problem:"
