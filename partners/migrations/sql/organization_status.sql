-- An organization's status moves along its legal ways only: applying → active ⇄ suspended → offboarded (which ends it).
-- Operators move it on their own role; the runtime role does through functions of the owner alone, never by its own hand.
CREATE FUNCTION partners_organization_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.status NOT IN ('applying', 'active') THEN
      RAISE EXCEPTION 'an organization begins applying or active' USING ERRCODE = 'check_violation', CONSTRAINT = 'organization_begins_open';
    END IF;
    RETURN NEW;
  END IF;
  IF NEW.status = OLD.status THEN
    RETURN NEW;
  END IF;
  IF quote_ident(current_user)::regrole = '{{runtime}}'::regrole THEN
    RAISE EXCEPTION 'an organization does not change its own status' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF (OLD.status, NEW.status) NOT IN (
    ('applying', 'active'), ('applying', 'offboarded'), ('active', 'suspended'), ('suspended', 'active'),
    ('active', 'offboarded'), ('suspended', 'offboarded')) THEN
    RAISE EXCEPTION 'no organization goes from % to %', OLD.status, NEW.status
      USING ERRCODE = 'check_violation', CONSTRAINT = 'organization_status_moves_legally';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE INSERT OR UPDATE ON partners_organization
  FOR EACH ROW EXECUTE FUNCTION partners_organization_guard();

-- Only active organizations are taken into an alliance.
CREATE FUNCTION partners_membership_guard() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM partners_organization WHERE id = NEW.organization_id AND status = 'active') THEN
    RAISE EXCEPTION 'only active organizations join' USING ERRCODE = 'check_violation', CONSTRAINT = 'membership_of_active';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE INSERT ON partners_alliancemembership
  FOR EACH ROW EXECUTE FUNCTION partners_membership_guard();

-- A door asks where an organization stands, and why, before it opens the scope.
CREATE FUNCTION partners_standing_of(p_organization uuid)
RETURNS TABLE (status varchar, reason varchar)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT o.status, coalesce((SELECT c.reason FROM partners_organizationstatuschange AS c
                             WHERE c.organization_id = o.id AND c.after = o.status ORDER BY c.id DESC LIMIT 1), '')
  FROM partners_organization AS o WHERE o.id = p_organization
$$;

REVOKE ALL ON FUNCTION partners_organization_guard(), partners_membership_guard(), partners_standing_of(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION partners_standing_of(uuid) TO {{runtime}}, {{operator}};
