-- Who sees which items beside their owner. An item names a visibility of its owner; whom that lets in is computed here, and a row of
-- partners_itemviewer says it for each organization. So joining an alliance writes a few rows, however many items there are.

-- What an organization offers that is not active (any more) is seen by nobody else.
CREATE FUNCTION partners_visibility_parties(p_organization uuid, p_reach text, p_alliances uuid[]) RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT array_agg(DISTINCT party) FROM (
    SELECT p_organization AS party
    UNION SELECT other.organization_id
      FROM partners_alliancemembership AS mine JOIN partners_alliancemembership AS other USING (alliance_id)
      WHERE p_reach = 'alliances' AND mine.organization_id = p_organization
        AND (p_alliances = '{}' OR mine.alliance_id = ANY (p_alliances))
    UNION SELECT other.organization_id
      FROM partners_agreementparty AS mine JOIN partners_agreementparty AS other USING (agreement_id)
        JOIN partners_agreement AS agreement ON agreement.id = mine.agreement_id
      WHERE p_reach = 'agreements' AND mine.organization_id = p_organization AND agreement.status = 'signed'
        AND (p_alliances = '{}' OR mine.alliance_id = ANY (p_alliances))
  ) AS parties
  WHERE party = p_organization OR EXISTS (SELECT FROM partners_organization WHERE id = p_organization AND status = 'active')
$$;

-- A visibility made while somebody joins, while an agreement is signed or its owner suspended, waits for that: else
-- neither would know of the other.
CREATE FUNCTION partners_visibility_waits() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM FROM partners_organization WHERE id = NEW.organization_id FOR SHARE;
  PERFORM FROM partners_alliance WHERE id IN (
    SELECT alliance_id FROM partners_alliancemembership WHERE organization_id = NEW.organization_id) FOR SHARE;
  PERFORM FROM partners_agreement WHERE id IN (
    SELECT agreement_id FROM partners_agreementparty WHERE organization_id = NEW.organization_id) FOR SHARE;
  RETURN NEW;
END $$;
CREATE TRIGGER a_waits BEFORE INSERT ON partners_itemvisibility
  FOR EACH ROW EXECUTE FUNCTION partners_visibility_waits();

CREATE FUNCTION partners_visibility_spread() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  DELETE FROM partners_itemviewer WHERE visibility_id = NEW.id AND NOT organization_id = ANY (NEW.parties);
  INSERT INTO partners_itemviewer (id, organization_id, visibility_id)
    SELECT gen_random_uuid(), party, NEW.id FROM unnest(NEW.parties) AS party
    ON CONFLICT (organization_id, visibility_id) DO NOTHING;
  RETURN NULL;
END $$;
CREATE TRIGGER z_viewers AFTER INSERT OR UPDATE ON partners_itemvisibility
  FOR EACH ROW EXECUTE FUNCTION partners_visibility_spread();

-- After z_visibility, whose lock on the alliance keeps new visibilities out until this has committed.
CREATE FUNCTION partners_membership_shows_items() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  changed uuid := CASE WHEN TG_OP = 'DELETE' THEN OLD.alliance_id ELSE NEW.alliance_id END;
  member uuid := CASE WHEN TG_OP = 'DELETE' THEN OLD.organization_id ELSE NEW.organization_id END;
BEGIN
  UPDATE partners_itemvisibility SET parties = '{}'
    WHERE reach = 'alliances' AND (alliance_ids = '{}' OR changed = ANY (alliance_ids))
      AND (organization_id = member
           OR organization_id IN (SELECT organization_id FROM partners_alliancemembership WHERE alliance_id = changed));
  RETURN NULL;
END $$;
CREATE TRIGGER z_visibility_of_items AFTER INSERT OR DELETE ON partners_alliancemembership
  FOR EACH ROW EXECUTE FUNCTION partners_membership_shows_items();

CREATE FUNCTION partners_agreement_shows_items() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE partners_itemvisibility SET parties = '{}'
    WHERE reach = 'agreements' AND organization_id IN (
      SELECT organization_id FROM partners_agreementparty WHERE agreement_id = NEW.id);
  RETURN NULL;
END $$;
CREATE TRIGGER z_visibility_of_items AFTER UPDATE OF status ON partners_agreement
  FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION partners_agreement_shows_items();

CREATE FUNCTION partners_standing_shows_items() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE partners_itemvisibility SET parties = '{}' WHERE organization_id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER z_visibility_of_items AFTER UPDATE OF status ON partners_organization
  FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION partners_standing_shows_items();

-- Addresses are shown to people who trust us: https only, whoever writes them.
ALTER TABLE partners_item
  ADD CONSTRAINT item_page_is_https CHECK (page_url = '' OR page_url ~* '^https://'),
  ADD CONSTRAINT item_images_are_https CHECK (
    cardinality(image_urls) = 0 OR array_to_string(image_urls, ' ') !~* '(^| )(?!https://)');

-- The words of a search, looked up in the index that row-level security would not let the planner use (its operator is
-- not leakproof). Answers ids only, and only of items that the asking organization sees.
CREATE FUNCTION partners_search_items(p_query text, p_most integer) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT item.id FROM partners_item AS item
  WHERE array_to_tsvector(item.words) @@ p_query::tsquery
    AND (item.organization_id = nullif(current_setting('app.organization', true), '')::uuid
         OR item.shown_as IN (
           SELECT viewer.visibility_id FROM partners_itemviewer AS viewer
           WHERE viewer.organization_id = nullif(current_setting('app.organization', true), '')::uuid))
  ORDER BY item.id DESC LIMIT p_most
$$;

-- Members of an alliance do not see each other, but whoever offers something is named to those it is offered to.
CREATE FUNCTION partners_offering_owners() RETURNS TABLE (id uuid, name varchar)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT owner.id, owner.name FROM partners_organization AS owner
  WHERE owner.id <> nullif(current_setting('app.organization', true), '')::uuid AND EXISTS (
    SELECT FROM partners_itemvisibility AS place JOIN partners_itemviewer AS viewer ON viewer.visibility_id = place.id
    WHERE place.organization_id = owner.id
      AND viewer.organization_id = nullif(current_setting('app.organization', true), '')::uuid
      AND EXISTS (SELECT FROM partners_item AS item WHERE item.shown_as = place.id))
  ORDER BY owner.name, owner.id
$$;

REVOKE ALL ON FUNCTION
  partners_visibility_parties(uuid, text, uuid[]), partners_visibility_waits(), partners_visibility_spread(),
  partners_membership_shows_items(), partners_agreement_shows_items(),
  partners_standing_shows_items(), partners_search_items(text, integer), partners_offering_owners()
FROM PUBLIC;
GRANT EXECUTE ON FUNCTION partners_search_items(text, integer), partners_offering_owners() TO {{runtime}}, {{operator}};
