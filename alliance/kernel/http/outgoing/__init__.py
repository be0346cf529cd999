"""The one way out: HTTP to addresses that people typed in, without lending them our place in the network.

`targets` reads a URL strictly, `addresses` resolves its name once and refuses every address that is not public,
`sending` connects to exactly the checked address. Nothing else in the product speaks HTTP; a test holds that.
"""

from alliance.kernel.http.outgoing.addresses import Resolver, check_url
from alliance.kernel.http.outgoing.messages import Limits, OutgoingError, OutgoingRequest, OutgoingResponse
from alliance.kernel.http.outgoing.sending import send

__all__ = ["Limits", "OutgoingError", "OutgoingRequest", "OutgoingResponse", "Resolver", "check_url", "send"]
