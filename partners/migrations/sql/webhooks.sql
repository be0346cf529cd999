-- Who listens, and telling them. A fact is often heard in another organization's scope than those it concerns (the
-- host's, say), so these two look and write past row-level security: only for organizations that the scope's own
-- organization sees, only for endpoints that are on and want the type. A suspended organization is told nothing.

CREATE FUNCTION partners_webhook_listeners(p_type text)
RETURNS TABLE (organization_id uuid, endpoint_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT e.organization_id, e.id
  FROM partners_webhookendpoint AS e JOIN partners_organization AS o ON o.id = e.organization_id
  WHERE e.is_enabled AND p_type = ANY (e.types) AND o.status NOT IN ('suspended', 'offboarded')
    AND nullif(current_setting('app.organization', true), '')::uuid = ANY (o.parties)
  ORDER BY e.organization_id, e.id
$$;

CREATE FUNCTION partners_tell_webhooks(
  p_message uuid, p_organization uuid, p_type text, p_body text, p_now timestamptz, p_deliveries uuid[], p_endpoints uuid[])
RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  told integer;
BEGIN
  IF NOT EXISTS (SELECT FROM partners_organization WHERE id = p_organization
                 AND nullif(current_setting('app.organization', true), '')::uuid = ANY (parties)) THEN
    RAISE EXCEPTION 'only organizations that know each other tell each other' USING ERRCODE = 'insufficient_privilege';
  END IF;
  INSERT INTO partners_webhookmessage (id, organization_id, type, body, created_at)
  VALUES (p_message, p_organization, p_type, p_body, p_now);
  INSERT INTO partners_webhookdelivery
    (id, organization_id, endpoint_id, message_id, state, tries, next_attempt_at, last_error, created_at)
  SELECT d.id, p_organization, e.id, p_message, 'pending', 0, p_now, '', p_now
  FROM unnest(p_deliveries, p_endpoints) AS d (id, endpoint)
  JOIN partners_webhookendpoint AS e ON e.id = d.endpoint
  WHERE e.organization_id = p_organization AND e.is_enabled AND p_type = ANY (e.types);
  GET DIAGNOSTICS told = ROW_COUNT;
  RETURN told;
END $$;

REVOKE ALL ON FUNCTION
  partners_webhook_listeners(text), partners_tell_webhooks(uuid, uuid, text, text, timestamptz, uuid[], uuid[])
FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
  partners_webhook_listeners(text), partners_tell_webhooks(uuid, uuid, text, text, timestamptz, uuid[], uuid[])
TO {{runtime}}, {{operator}};
