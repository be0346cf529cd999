-- A conversion is fixed at birth but for its match, and a match once made stays.
CREATE FUNCTION campaigns_conversion_fixed() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF (NEW.id, NEW.alliance_id, NEW.host_id, NEW.order_id, NEW.kind, NEW.reference, NEW.occurred_at, NEW.currency,
      NEW.amount_minor, NEW.partner_code)
     IS DISTINCT FROM
     (OLD.id, OLD.alliance_id, OLD.host_id, OLD.order_id, OLD.kind, OLD.reference, OLD.occurred_at, OLD.currency,
      OLD.amount_minor, OLD.partner_code)
  THEN
    RAISE EXCEPTION 'conversion % is fixed', OLD.id USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF (OLD.partner_id IS NOT NULL AND NEW.partner_id IS DISTINCT FROM OLD.partner_id)
     OR (OLD.agreement_id IS NOT NULL AND NEW.agreement_id IS DISTINCT FROM OLD.agreement_id)
  THEN
    RAISE EXCEPTION 'conversion % is already matched', OLD.id USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER a_fixed BEFORE UPDATE ON campaigns_conversion
  FOR EACH ROW EXECUTE FUNCTION campaigns_conversion_fixed();
