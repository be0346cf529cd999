"""Which hosts pay an organization."""

from uuid import UUID

from partners.selectors import agreements_of, organization_names


def hosts_of(organization_id: UUID) -> dict[UUID, str]:
    """The hosts of the organization's agreements, by name; in its own scope."""
    hosts = {a.host_id for a in agreements_of() if organization_id in a.party_ids and a.host_id != organization_id}
    return dict(sorted(organization_names(hosts).items(), key=lambda pair: pair[1]))
