"""Senders killed between the request and its note: every message arrives, under one id, and none is lost."""

import re
from ipaddress import ip_network

from tests.cast import host_organization
from tests.contract.kernel.outgoing.servers import OK, serving
from tests.races.processes import Processes, wait_until
from tests.webhooks import endpoint_of, tell

DEATHS = 2
MESSAGES = 4
ID = re.compile(rb"webhook-id: (msg_[0-9a-f]+)")


def test_a_killed_senders_messages_are_sent_again_under_their_ids(committed, settings, tmp_path):
    parties = [host_organization() for _ in range(3)]
    with serving(lambda line: line.sendall(OK)) as server:
        settings.OUTGOING_HTTP_PLAIN = True
        settings.OUTGOING_HTTP_PORTS = frozenset({server.port})
        settings.OUTGOING_HTTP_ALLOWED_NETWORKS = (ip_network("127.0.0.1/32"),)
        endpoints = [endpoint_of(party, f"http://127.0.0.1:{server.port}/") for party in parties]
        for party in parties:
            tell(party, times=MESSAGES)
        environment = {
            "OUTGOING_HTTP_PLAIN": "1",
            "OUTGOING_HTTP_PORTS": str(server.port),
            "OUTGOING_HTTP_ALLOWED_NETWORKS": "127.0.0.1/32",
            "DEATHS": str(tmp_path),
            "DEADLY_URL": endpoints[0].row().url,
            "DEATHS_WANTED": str(DEATHS),
        }
        with Processes(["tests.races.partners.dying_senders"], environment) as processes:
            processes.start_worker()
            processes.start_beat()
            wait_until(
                lambda: all(d.state == "delivered" for e in endpoints for d in e.deliveries()),
                seconds=90,
                what=lambda: processes.told("every message"),
            )
    deliveries = [delivery for endpoint in endpoints for delivery in endpoint.deliveries()]
    found = [ID.search(request) for request in server.requests]  # none in a request that was killed on its way
    received = [match[1].decode() for match in found if match]
    assert len(list(tmp_path.iterdir())) == DEATHS, "nobody died: this run shows nothing"
    assert set(received) == {f"msg_{delivery.message_id.hex}" for delivery in deliveries}
    assert len(received) >= len(deliveries) + DEATHS, "what was sent before a death is sent again"
    assert {delivery.tries for delivery in deliveries} == {1}
    assert sum(len(endpoint.attempts()) for endpoint in endpoints) == len(deliveries)
