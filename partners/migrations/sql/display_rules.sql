-- What display rules come to for the organization that asks. Rules are read by their owner alone; these functions tell others
-- no more than what concerns them: no rule about another partner, but that something is exclusive to somebody.

-- The visibilities of others that reach the asking organization within one alliance.
CREATE FUNCTION partners_offered_within(p_alliance uuid) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT place.id FROM partners_itemviewer AS viewer JOIN partners_itemvisibility AS place ON place.id = viewer.visibility_id
  WHERE viewer.organization_id = nullif(current_setting('app.organization', true), '')::uuid
    AND place.organization_id <> viewer.organization_id
    AND (place.alliance_ids = '{}' OR p_alliance = ANY (place.alliance_ids))
    AND (place.reach = 'alliances'
           AND EXISTS (SELECT FROM partners_alliancemembership
                       WHERE alliance_id = p_alliance AND organization_id = place.organization_id)
           AND EXISTS (SELECT FROM partners_alliancemembership
                       WHERE alliance_id = p_alliance AND organization_id = viewer.organization_id)
         OR place.reach = 'agreements' AND EXISTS (
           SELECT FROM partners_agreement AS agreement
             JOIN partners_agreementparty AS theirs
               ON theirs.agreement_id = agreement.id AND theirs.organization_id = place.organization_id
             JOIN partners_agreementparty AS mine
               ON mine.agreement_id = agreement.id AND mine.organization_id = viewer.organization_id
           WHERE agreement.alliance_id = p_alliance AND agreement.status = 'signed'))
$$;

CREATE FUNCTION partners_rules_for_me(p_alliance uuid, p_owners uuid[], p_at timestamptz)
RETURNS TABLE (id uuid, owner_id uuid, effect varchar, partner_id uuid, item_id uuid, category_id uuid, floor_minor bigint, currency varchar)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT rule.id, rule.organization_id, rule.effect,
    CASE WHEN rule.partner_id = asking.id OR rule.partner_id IS NULL THEN rule.partner_id
         ELSE '00000000-0000-0000-0000-000000000000' END,
    rule.item_id, rule.category_id, rule.floor_minor, rule.currency
  FROM (SELECT nullif(current_setting('app.organization', true), '')::uuid AS id) AS asking
    JOIN partners_displayrule AS rule ON rule.organization_id = ANY (p_owners)
  WHERE (rule.alliance_id IS NULL OR rule.alliance_id = p_alliance)
    AND (rule.holds_from IS NULL OR rule.holds_from <= p_at) AND (rule.holds_until IS NULL OR p_at < rule.holds_until)
    AND (rule.partner_id IS NULL OR rule.partner_id = asking.id OR rule.effect = 'exclusive')
    AND EXISTS (SELECT FROM partners_itemviewer AS viewer
                  JOIN partners_itemvisibility AS place ON place.id = viewer.visibility_id
                WHERE viewer.organization_id = asking.id AND place.organization_id = rule.organization_id)
    AND (rule.item_id IS NULL OR EXISTS (
      SELECT FROM partners_item AS item JOIN partners_itemviewer AS viewer ON viewer.visibility_id = item.shown_as
      WHERE item.id = rule.item_id AND viewer.organization_id = asking.id))
$$;

REVOKE ALL ON FUNCTION partners_offered_within(uuid), partners_rules_for_me(uuid, uuid[], timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION partners_offered_within(uuid), partners_rules_for_me(uuid, uuid[], timestamptz)
  TO {{runtime}}, {{operator}};
