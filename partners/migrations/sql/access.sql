-- Doors: what the organizations of a person ask for, and whose view an operator looks at. Asked before a scope is open.

CREATE FUNCTION partners_access_rules_of(p_user uuid)
RETURNS TABLE (organization_id uuid, requires_second_factor boolean, requires_single_sign_on boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT r.organization_id, r.requires_second_factor, r.requires_single_sign_on
  FROM partners_member AS m JOIN partners_accessrules AS r ON r.organization_id = m.organization_id
  WHERE m.user_id = p_user
$$;

-- The role is the member's present one: nothing is found any more when the member has left.
CREATE FUNCTION partners_find_viewing(p_id uuid, p_operator uuid)
RETURNS TABLE (id uuid, organization_id uuid, organization_name varchar, organization_kind varchar, time_zone varchar,
               member_name varchar, role varchar, expires_at timestamptz, ended_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT v.id, o.id, o.name, o.kind, o.time_zone, v.member_name, m.role, v.expires_at, v.ended_at
  FROM partners_viewing AS v
  JOIN partners_organization AS o ON o.id = v.organization_id
  JOIN partners_member AS m ON m.id = v.member_id AND m.organization_id = v.organization_id
  WHERE v.id = p_id AND v.operator_id = p_operator
$$;

REVOKE ALL ON FUNCTION partners_access_rules_of(uuid), partners_find_viewing(uuid, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION partners_access_rules_of(uuid), partners_find_viewing(uuid, uuid) TO {{runtime}}, {{operator}};
