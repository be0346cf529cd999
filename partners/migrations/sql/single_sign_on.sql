-- A visitor gives an address: whose identity provider vouches for its domain? Asked before anybody is signed in; the
-- answer depends on the domain alone, never on whether somebody has this address.
CREATE FUNCTION partners_find_sign_in_domain(p_name text)
RETURNS TABLE (organization_id uuid, organization_name varchar, provider_id uuid, requires_single_sign_on boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT o.id, o.name, p.id, coalesce(r.requires_single_sign_on, false)
  FROM partners_maildomain AS d
  JOIN partners_organization AS o ON o.id = d.organization_id
  JOIN partners_identityprovider AS p ON p.organization_id = d.organization_id AND p.enabled_at IS NOT NULL
  LEFT JOIN partners_accessrules AS r ON r.organization_id = d.organization_id
  WHERE d.name = p_name AND d.verified_at IS NOT NULL
$$;

REVOKE ALL ON FUNCTION partners_find_sign_in_domain(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION partners_find_sign_in_domain(text) TO {{runtime}}, {{operator}};
