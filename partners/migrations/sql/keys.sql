-- The look-up of a key before any scope, with what tells a publishable key from a secret one.
DROP FUNCTION partners_find_api_key(text);
CREATE FUNCTION partners_find_api_key(p_sha256 text)
RETURNS TABLE (id uuid, organization_id uuid, name varchar, permissions varchar[], expires_at timestamptz, revoked_at timestamptz,
               kind varchar, scopes varchar[], origins varchar[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT id, organization_id, name, permissions, expires_at, revoked_at, kind, scopes, origins
  FROM partners_apikey WHERE sha256 = p_sha256
$$;

-- A preflight carries no key: all that can be asked is whether any live publishable key names the origin.
CREATE FUNCTION partners_is_publishable_origin(p_origin text, p_now timestamptz) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT FROM partners_apikey
                 WHERE kind = 'publishable' AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > p_now)
                   AND origins @> ARRAY[p_origin]::varchar[])
$$;

REVOKE ALL ON FUNCTION partners_find_api_key(text), partners_is_publishable_origin(text, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION partners_find_api_key(text), partners_is_publishable_origin(text, timestamptz)
TO {{runtime}}, {{operator}};
