"""Signing in the database's eyes: who sees what, and what is refused."""

from fractions import Fraction

from alliance.kernel.tenancy import organization_scope
from partners.selectors import accepted_terms, agreements_of, organization_names, partner_codes
from tests.cast import NOW, full_cast


def test_the_cast_stands(db):
    cast = full_cast()
    with organization_scope(cast.host.id):
        timeline = accepted_terms(alliance_id=cast.alliance.id)
        found = timeline.in_force(partner_id=cast.north.id, at=NOW)
        assert found is not None
        assert [share.share for share in found.terms.plain_shares] == [Fraction(3, 5), Fraction(2, 5)]
        assert partner_codes(alliance_id=cast.alliance.id) == {"north": cast.north.id, "south": cast.south.id}
    with organization_scope(cast.north.id):
        assert [a.id for a in agreements_of()] == [cast.agreement.id]
        assert set(organization_names([cast.host.id, cast.north.id, cast.south.id])) == {cast.host.id, cast.north.id}
    for outsider in (cast.south, cast.stranger):
        with organization_scope(outsider.id):
            assert agreements_of() == []
