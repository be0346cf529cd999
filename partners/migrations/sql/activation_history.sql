-- The approval of a host makes an applying organization active; its history says whose approval it was.
DROP FUNCTION partners_activate_applicant(uuid);
CREATE FUNCTION partners_activate_applicant(p_application uuid, p_change uuid, p_now timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_application partners_partnerapplication;
BEGIN
  SELECT * INTO v_application FROM partners_partnerapplication
    WHERE id = p_application AND status = 'approved' AND host_id = partners_current_organization();
  IF v_application.id IS NULL THEN
    RAISE EXCEPTION 'only the host that approved an application activates its organization' USING ERRCODE = 'insufficient_privilege';
  END IF;
  UPDATE partners_organization SET status = 'active' WHERE id = v_application.organization_id AND status = 'applying';
  IF FOUND THEN
    INSERT INTO partners_organizationstatuschange (id, organization_id, before, after, reason, changed_by, changed_at)
    VALUES (p_change, v_application.organization_id, 'applying', 'active', v_application.alliance_name, v_application.host_name, p_now);
  END IF;
END $$;
REVOKE ALL ON FUNCTION partners_activate_applicant(uuid, uuid, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION partners_activate_applicant(uuid, uuid, timestamptz) TO {{runtime}}, {{operator}};
