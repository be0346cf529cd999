-- Who sees an organization, an alliance, an agreement; and the two look-ups that come before any scope.
-- All are SECURITY DEFINER with a fixed search path: they read past row-level security on purpose,
-- answer one narrow question each, and run only for the roles named at the end.

CREATE FUNCTION partners_agreement_parties(p_agreement uuid) RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT coalesce(array_agg(organization_id ORDER BY rank), '{}') FROM partners_agreementparty WHERE agreement_id = p_agreement
$$;

CREATE FUNCTION partners_alliance_parties(p_alliance uuid, p_host uuid) RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT array_agg(DISTINCT party) FROM (
    SELECT p_host AS party
    UNION SELECT organization_id FROM partners_alliancemembership WHERE alliance_id = p_alliance
  ) AS parties
$$;

-- An organization is seen by itself, by the hosts of its alliances (and, as a host, by its partners),
-- and by whoever shares an agreement with it. Partners of one alliance do not see each other otherwise.
CREATE FUNCTION partners_organization_parties(p_organization uuid) RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT array_agg(DISTINCT party) FROM (
    SELECT p_organization AS party
    UNION SELECT host_id FROM partners_alliancemembership WHERE organization_id = p_organization
    UNION SELECT organization_id FROM partners_alliancemembership WHERE host_id = p_organization
    UNION SELECT other.organization_id
      FROM partners_agreementparty AS mine JOIN partners_agreementparty AS other USING (agreement_id)
      WHERE mine.organization_id = p_organization
  ) AS parties
$$;

CREATE FUNCTION partners_membership_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE partners_alliance SET parties = '{}' WHERE id = NEW.alliance_id;
  UPDATE partners_organization SET parties = '{}' WHERE id IN (NEW.organization_id, NEW.host_id);
  RETURN NULL;
END $$;
CREATE TRIGGER z_visibility AFTER INSERT ON partners_alliancemembership
  FOR EACH ROW EXECUTE FUNCTION partners_membership_changed();

CREATE FUNCTION partners_seat_taken() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE partners_agreement SET parties = '{}' WHERE id = NEW.agreement_id;
  UPDATE partners_agreementparty SET parties = '{}' WHERE agreement_id = NEW.agreement_id;
  UPDATE partners_termsversion SET parties = '{}' WHERE agreement_id = NEW.agreement_id;
  UPDATE partners_organization SET parties = '{}'
    WHERE id IN (SELECT organization_id FROM partners_agreementparty WHERE agreement_id = NEW.agreement_id);
  RETURN NULL;
END $$;
CREATE TRIGGER z_visibility AFTER INSERT ON partners_agreementparty
  FOR EACH ROW EXECUTE FUNCTION partners_seat_taken();

-- Doors: before a scope can be opened, one must know whose it may be.
CREATE FUNCTION partners_memberships_of(p_user uuid)
RETURNS TABLE (organization_id uuid, organization_name varchar, organization_kind varchar, role varchar)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT m.organization_id, o.name, o.kind, m.role
  FROM partners_member AS m JOIN partners_organization AS o ON o.id = m.organization_id
  WHERE m.user_id = p_user ORDER BY o.name, o.id
$$;

CREATE FUNCTION partners_find_api_key(p_sha256 text)
RETURNS TABLE (id uuid, organization_id uuid, name varchar, permissions varchar[], expires_at timestamptz, revoked_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT id, organization_id, name, permissions, expires_at, revoked_at FROM partners_apikey WHERE sha256 = p_sha256
$$;

CREATE FUNCTION partners_find_invitation(p_token_sha256 text)
RETURNS TABLE (id uuid, organization_id uuid, organization_name varchar, email varchar, role varchar,
               expires_at timestamptz, accepted_at timestamptz, revoked_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT i.id, i.organization_id, o.name, i.email, i.role, i.expires_at, i.accepted_at, i.revoked_at
  FROM partners_invitation AS i JOIN partners_organization AS o ON o.id = i.organization_id
  WHERE i.token_sha256 = p_token_sha256
$$;

REVOKE ALL ON FUNCTION
  partners_agreement_parties(uuid), partners_alliance_parties(uuid, uuid), partners_organization_parties(uuid),
  partners_membership_changed(), partners_seat_taken(),
  partners_memberships_of(uuid), partners_find_api_key(text), partners_find_invitation(text)
FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
  partners_memberships_of(uuid), partners_find_api_key(text), partners_find_invitation(text)
TO {{runtime}}, {{operator}};
