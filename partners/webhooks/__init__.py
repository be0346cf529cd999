"""Webhooks: facts of the alliance, sent to partners' own servers by the Standard Webhooks specification.

Rows first: a message is written with its fact, one delivery for each endpoint that wants its type; the sender only
works off rows. Start reading at `types` (what can be told), then `services/tell_endpoints`, `sending`, `domain`.
"""
