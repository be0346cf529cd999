-- Who sees an organization, an alliance, an agreement; and the two look-ups that come before any scope.
-- All are SECURITY DEFINER with a fixed search path: they read past row-level security on purpose,
-- answer one narrow question each, and run only for the roles named at the end.

CREATE FUNCTION partners_merged(p_first uuid[], p_second uuid[]) RETURNS uuid[]
LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
  SELECT coalesce(array_agg(DISTINCT party), '{}') FROM unnest(p_first || p_second) AS party WHERE party IS NOT NULL
$$;

-- Who sees an agreement and everything under it: every seat, the alliance's host, and the proposer.
CREATE FUNCTION partners_agreement_parties(p_agreement uuid) RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT coalesce(array_agg(DISTINCT party), '{}') FROM (
    SELECT organization_id AS party FROM partners_agreementparty WHERE agreement_id = p_agreement
    UNION SELECT host_id FROM partners_agreement WHERE id = p_agreement
    UNION SELECT proposed_by_id FROM partners_agreement WHERE id = p_agreement
  ) AS parties
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
  UPDATE partners_organization SET parties = '{}'
    WHERE id IN (SELECT organization_id FROM partners_agreementparty WHERE agreement_id = NEW.agreement_id);
  RETURN NULL;
END $$;
CREATE TRIGGER z_visibility AFTER INSERT ON partners_agreementparty
  FOR EACH ROW EXECUTE FUNCTION partners_seat_taken();

-- What the parties sign stays what they signed; a version is accepted by signatures, never by an update.
CREATE FUNCTION partners_version_guard() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.status <> 'proposed' THEN
      RAISE EXCEPTION 'a version begins as a proposal' USING ERRCODE = 'check_violation', CONSTRAINT = 'version_begins_proposed';
    END IF;
    RETURN NEW;
  END IF;
  IF (NEW.id, NEW.agreement_id, NEW.number, NEW.document, NEW.document_sha256, NEW.effective_from, NEW.proposed_by_id, NEW.created_at)
     IS DISTINCT FROM
     (OLD.id, OLD.agreement_id, OLD.number, OLD.document, OLD.document_sha256, OLD.effective_from, OLD.proposed_by_id, OLD.created_at) THEN
    RAISE EXCEPTION 'a version of terms is never rewritten' USING ERRCODE = 'check_violation', CONSTRAINT = 'version_never_rewritten';
  END IF;
  IF NEW.effective_to IS DISTINCT FROM OLD.effective_to
     AND (OLD.status <> 'accepted' OR NEW.effective_to IS NULL OR NEW.effective_to > OLD.effective_to) THEN
    RAISE EXCEPTION 'an accepted version may only end earlier' USING ERRCODE = 'check_violation', CONSTRAINT = 'version_only_ends_earlier';
  END IF;
  IF NEW.status <> OLD.status AND OLD.status <> 'proposed' THEN
    RAISE EXCEPTION 'a settled version stays as it is' USING ERRCODE = 'check_violation', CONSTRAINT = 'version_stays_settled';
  END IF;
  IF NEW.status = 'accepted' AND OLD.status = 'proposed' AND EXISTS (
    SELECT FROM partners_agreementparty AS seat WHERE seat.agreement_id = NEW.agreement_id AND NOT EXISTS (
      SELECT FROM partners_acceptance AS signature
      WHERE signature.version_id = NEW.id AND signature.organization_id = seat.organization_id
        AND signature.document_sha256 = NEW.document_sha256)) THEN
    RAISE EXCEPTION 'a party has not signed' USING ERRCODE = 'check_violation', CONSTRAINT = 'version_signed_by_all';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE INSERT OR UPDATE ON partners_termsversion
  FOR EACH ROW EXECUTE FUNCTION partners_version_guard();

CREATE FUNCTION partners_agreement_guard() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF (NEW.id, NEW.alliance_id, NEW.host_id, NEW.proposed_by_id, NEW.currency, NEW.time_zone)
     IS DISTINCT FROM (OLD.id, OLD.alliance_id, OLD.host_id, OLD.proposed_by_id, OLD.currency, OLD.time_zone) THEN
    RAISE EXCEPTION 'an agreement keeps its frame' USING ERRCODE = 'check_violation', CONSTRAINT = 'agreement_keeps_frame';
  END IF;
  IF NEW.status = 'signed' AND OLD.status <> 'signed' AND NOT EXISTS (
    SELECT FROM partners_termsversion WHERE agreement_id = NEW.id AND status = 'accepted') THEN
    RAISE EXCEPTION 'no version is accepted' USING ERRCODE = 'check_violation', CONSTRAINT = 'agreement_signed_by_all';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE UPDATE ON partners_agreement
  FOR EACH ROW EXECUTE FUNCTION partners_agreement_guard();

-- Seats are taken with the proposal only: nobody is let into an agreement that has signatures.
CREATE FUNCTION partners_seat_guard() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM partners_termsversion WHERE agreement_id = NEW.agreement_id) THEN
    RAISE EXCEPTION 'the seats are taken' USING ERRCODE = 'check_violation', CONSTRAINT = 'seats_before_terms';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE INSERT ON partners_agreementparty
  FOR EACH ROW EXECUTE FUNCTION partners_seat_guard();

-- A signature is given while its version is open, under the hash that the version has.
CREATE FUNCTION partners_acceptance_guard() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM partners_termsversion
    WHERE id = NEW.version_id AND status = 'proposed' AND document_sha256 = NEW.document_sha256) THEN
    RAISE EXCEPTION 'this version is not open under this hash' USING ERRCODE = 'check_violation', CONSTRAINT = 'signature_fits_version';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE INSERT ON partners_acceptance
  FOR EACH ROW EXECUTE FUNCTION partners_acceptance_guard();

-- An organization that has members keeps an owner; checked at commit, so that roles may be swapped.
CREATE FUNCTION partners_owner_guard() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM partners_member WHERE organization_id = OLD.organization_id)
     AND NOT EXISTS (SELECT FROM partners_member WHERE organization_id = OLD.organization_id AND role = 'owner') THEN
    RAISE EXCEPTION 'the last owner stays' USING ERRCODE = 'check_violation', CONSTRAINT = 'organization_keeps_an_owner';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER keeps_an_owner AFTER UPDATE OR DELETE ON partners_member
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION partners_owner_guard();

-- A host brings a company onto the installation as a partner of its alliance, before the company has a
-- login: the one case where an organization's row is written from another's scope.
CREATE FUNCTION partners_found_partner(p_id uuid, p_host uuid, p_name text, p_country text, p_time_zone text, p_created timestamptz)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF p_host IS DISTINCT FROM nullif(current_setting('app.organization', true), '')::uuid
     OR NOT EXISTS (SELECT FROM partners_organization WHERE id = p_host AND kind = 'host') THEN
    RAISE EXCEPTION 'only a host founds partners, in its own scope' USING ERRCODE = 'insufficient_privilege';
  END IF;
  INSERT INTO partners_organization (id, parties, name, kind, industry, country, time_zone, created_at, founded_by_id)
  VALUES (p_id, '{}', p_name, 'partner', '', p_country, p_time_zone, p_created, p_host);
END $$;

-- The first owner of a partner that a host founded is invited by that host, as long as nobody is in.
CREATE FUNCTION partners_invite_first_owner(
  p_id uuid, p_organization uuid, p_email text, p_language text, p_token_sha256 text, p_user uuid, p_now timestamptz, p_expires timestamptz)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM partners_organization WHERE id = p_organization
                 AND founded_by_id = nullif(current_setting('app.organization', true), '')::uuid)
     OR EXISTS (SELECT FROM partners_member WHERE organization_id = p_organization) THEN
    RAISE EXCEPTION 'this organization invites its own people' USING ERRCODE = 'insufficient_privilege';
  END IF;
  UPDATE partners_invitation SET revoked_at = p_now
    WHERE organization_id = p_organization AND accepted_at IS NULL AND revoked_at IS NULL;
  INSERT INTO partners_invitation (id, organization_id, email, role, language, token_sha256, invited_by_id, created_at, expires_at)
  VALUES (p_id, p_organization, p_email, 'owner', p_language, p_token_sha256, p_user, p_now, p_expires);
END $$;

-- A host asks whether the number that a partner gave it is an organization that may join.
CREATE FUNCTION partners_find_organization(p_id uuid)
RETURNS TABLE (id uuid, name varchar, kind varchar)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT id, name, kind FROM partners_organization WHERE id = p_id
$$;

-- Doors: before a scope can be opened, one must know whose it may be.
CREATE FUNCTION partners_memberships_of(p_user uuid)
RETURNS TABLE (organization_id uuid, organization_name varchar, organization_kind varchar, time_zone varchar, role varchar)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT m.organization_id, o.name, o.kind, o.time_zone, m.role
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
               language varchar, expires_at timestamptz, accepted_at timestamptz, revoked_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT i.id, i.organization_id, o.name, i.email, i.role, i.language, i.expires_at, i.accepted_at, i.revoked_at
  FROM partners_invitation AS i JOIN partners_organization AS o ON o.id = i.organization_id
  WHERE i.token_sha256 = p_token_sha256
$$;

-- What concerns the host's book is heard in the host's scope, whoever caused it: a member of the host's
-- alliance may leave a message for the host, and for nobody else.
CREATE FUNCTION partners_tell_host(
  p_id uuid, p_host uuid, p_topic text, p_payload jsonb, p_now timestamptz, p_deliveries uuid[], p_subscribers text[], p_queues text[])
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM partners_alliancemembership
                 WHERE host_id = p_host AND organization_id = nullif(current_setting('app.organization', true), '')::uuid) THEN
    RAISE EXCEPTION 'only members of its alliance tell a host' USING ERRCODE = 'insufficient_privilege';
  END IF;
  -- Whoever could call this may tell of agreements and memberships, never forge another app's facts.
  IF p_topic NOT LIKE 'partners.%' THEN
    RAISE EXCEPTION 'members tell a host of partners only' USING ERRCODE = 'insufficient_privilege';
  END IF;
  INSERT INTO kernel_outboxmessage (id, organization_id, topic, payload, created_at)
  VALUES (p_id, p_host, p_topic, p_payload, p_now);
  INSERT INTO kernel_outboxdelivery
    (id, organization_id, message_id, subscriber, queue, state, attempts, hints, next_attempt_at, last_error, done_at)
  SELECT d.id, p_host, p_id, d.subscriber, d.queue, 'pending', 0, 0, clock_timestamp(), '', NULL
  FROM unnest(p_deliveries, p_subscribers, p_queues) AS d (id, subscriber, queue);
END $$;

REVOKE ALL ON FUNCTION
  partners_merged(uuid[], uuid[]), partners_agreement_parties(uuid), partners_alliance_parties(uuid, uuid),
  partners_organization_parties(uuid), partners_membership_changed(), partners_seat_taken(),
  partners_version_guard(), partners_agreement_guard(), partners_seat_guard(), partners_acceptance_guard(), partners_owner_guard(),
  partners_found_partner(uuid, uuid, text, text, text, timestamptz),
  partners_invite_first_owner(uuid, uuid, text, text, text, uuid, timestamptz, timestamptz),
  partners_tell_host(uuid, uuid, text, jsonb, timestamptz, uuid[], text[], text[]),
  partners_find_organization(uuid), partners_memberships_of(uuid), partners_find_api_key(text), partners_find_invitation(text)
FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
  partners_found_partner(uuid, uuid, text, text, text, timestamptz),
  partners_invite_first_owner(uuid, uuid, text, text, text, uuid, timestamptz, timestamptz),
  partners_tell_host(uuid, uuid, text, jsonb, timestamptz, uuid[], text[], text[]),
  partners_find_organization(uuid), partners_memberships_of(uuid), partners_find_api_key(text), partners_find_invitation(text)
TO {{runtime}}, {{operator}};
