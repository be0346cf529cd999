-- Certificates: what they say never changes, only whether the host counts them, once. A partner gives them to its host.
CREATE FUNCTION settlements_certificate_moves() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE v_free text[] := '{state,decided_by,decided_at,note}'; v_caller uuid := nullif(current_setting('app.organization', true), '')::uuid;
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'submitted' OR NEW.organization_id IS DISTINCT FROM v_caller OR NOT EXISTS (
      SELECT FROM partners_alliancemembership AS m JOIN partners_alliance AS a ON a.id = m.alliance_id
      WHERE m.organization_id = NEW.organization_id AND a.host_id = NEW.host_id) THEN
      RAISE EXCEPTION 'A partner gives a certificate to one of its hosts' USING ERRCODE = 'SM002';
    END IF;
  ELSIF to_jsonb(NEW) - v_free IS DISTINCT FROM to_jsonb(OLD) - v_free OR OLD.state <> 'submitted' OR NEW.host_id IS DISTINCT FROM v_caller THEN
    RAISE EXCEPTION 'The host decides on a certificate, once; what it says never changes' USING ERRCODE = 'SM002';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER b_moves BEFORE INSERT OR UPDATE ON settlements_taxcertificate FOR EACH ROW EXECUTE FUNCTION settlements_certificate_moves();
ALTER TABLE settlements_taxcertificate ENABLE ALWAYS TRIGGER b_moves;
CREATE TRIGGER unchanging BEFORE DELETE ON settlements_taxcertificate FOR EACH ROW EXECUTE FUNCTION settlements_refuse();
CREATE TRIGGER unchanging_truncate BEFORE TRUNCATE ON settlements_taxcertificate FOR EACH STATEMENT EXECUTE FUNCTION settlements_refuse();
ALTER TABLE settlements_taxcertificate ENABLE ALWAYS TRIGGER unchanging;
ALTER TABLE settlements_taxcertificate ENABLE ALWAYS TRIGGER unchanging_truncate;

-- In the scope of a host: what a partner of one of its alliances says of its taxes. In its own scope: its own.
CREATE FUNCTION settlements_tax_profile(p_organization uuid)
RETURNS TABLE (legal_name text, address text, country text, vat_number text, is_small boolean, accepts_self_billing boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT t.legal_name, t.address, t.country, t.vat_number, t.is_small, t.accepts_self_billing FROM settlements_taxprofile AS t
  WHERE t.organization_id = p_organization AND (
    (SELECT ledger_is_operator()) OR t.organization_id = (SELECT nullif(current_setting('app.organization', true), '')::uuid)
    OR EXISTS (SELECT FROM partners_alliancemembership AS m JOIN partners_alliance AS a ON a.id = m.alliance_id
               WHERE m.organization_id = p_organization
                 AND a.host_id = (SELECT nullif(current_setting('app.organization', true), '')::uuid)))
$$;

-- What value-added tax comes to on one party's lines of a period, each line rounded by itself, halves away from zero. The lines are
-- those that the close will write: shares, and adjustments that are earnings.
CREATE FUNCTION settlements_value_added_tax(p_period uuid, p_organization uuid, p_numerator bigint, p_denominator bigint)
RETURNS TABLE (net_minor bigint, vat_minor bigint, lines bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH line AS (
    SELECT s.share_minor AS amount FROM settlements_period AS p JOIN settlements_accrual AS a ON a.period_id = p.id
      JOIN settlements_accrualshare AS s ON s.accrual_id = a.id AND s.organization_id = p_organization
    WHERE p.id = p_period AND ((SELECT ledger_is_operator())
       OR p.host_id = (SELECT nullif(current_setting('app.organization', true), '')::uuid))
    UNION ALL
    SELECT CASE WHEN d.organization_id = p_organization THEN d.amount_minor ELSE -d.amount_minor END
    FROM settlements_period AS p JOIN settlements_adjustment AS d ON d.period_id = p.id AND d.counterparty_id IS NOT NULL
     AND p_organization IN (d.organization_id, d.counterparty_id) AND d.kind NOT IN ('advance', 'advance_recouped')
    WHERE p.id = p_period AND ((SELECT ledger_is_operator())
       OR p.host_id = (SELECT nullif(current_setting('app.organization', true), '')::uuid))
  )
  SELECT coalesce(sum(amount), 0)::bigint,
         coalesce(sum(sign(amount) * div(2 * abs(amount)::numeric * p_numerator + p_denominator, 2 * p_denominator)), 0)::bigint,
         count(*) FROM line
$$;

REVOKE ALL ON FUNCTION settlements_certificate_moves(), settlements_tax_profile(uuid),
  settlements_value_added_tax(uuid, uuid, bigint, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION settlements_tax_profile(uuid), settlements_value_added_tax(uuid, uuid, bigint, bigint)
TO {{runtime}}, {{operator}};
