-- Every member of an alliance sees the host's place in it, so that a partner can propose to its host.
CREATE OR REPLACE FUNCTION partners_membership_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE partners_alliance SET parties = '{}' WHERE id = NEW.alliance_id;
  UPDATE partners_alliancemembership SET parties = '{}' WHERE alliance_id = NEW.alliance_id AND organization_id = NEW.host_id;
  UPDATE partners_organization SET parties = '{}' WHERE id IN (NEW.organization_id, NEW.host_id);
  RETURN NULL;
END $$;

CREATE FUNCTION partners_membership_parties(p_alliance uuid, p_host uuid, p_organization uuid) RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT CASE WHEN p_organization = p_host THEN partners_alliance_parties(p_alliance, p_host)
              ELSE ARRAY[p_host, p_organization] END
$$;
REVOKE ALL ON FUNCTION partners_membership_parties(uuid, uuid, uuid) FROM PUBLIC;


