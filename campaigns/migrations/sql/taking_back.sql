-- A conversion is fixed at birth but for its match, and a match once made stays. What it takes back is part of the match.
CREATE OR REPLACE FUNCTION campaigns_conversion_fixed() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF (NEW.id, NEW.alliance_id, NEW.host_id, NEW.order_id, NEW.kind, NEW.reference, NEW.occurred_at, NEW.currency,
      NEW.amount_minor, NEW.quantity, NEW.partner_code, NEW.original_reference)
     IS DISTINCT FROM
     (OLD.id, OLD.alliance_id, OLD.host_id, OLD.order_id, OLD.kind, OLD.reference, OLD.occurred_at, OLD.currency,
      OLD.amount_minor, OLD.quantity, OLD.partner_code, OLD.original_reference)
  THEN
    RAISE EXCEPTION 'conversion % is fixed', OLD.id USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF (OLD.partner_id IS NOT NULL AND NEW.partner_id IS DISTINCT FROM OLD.partner_id)
     OR (OLD.agreement_id IS NOT NULL AND NEW.agreement_id IS DISTINCT FROM OLD.agreement_id)
     OR (OLD.original_id IS NOT NULL AND NEW.original_id IS DISTINCT FROM OLD.original_id)
  THEN
    RAISE EXCEPTION 'conversion % is already matched', OLD.id USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;

-- What is taken back belongs to the same alliance, host and currency, and falls under the same agreement.
CREATE FUNCTION campaigns_takes_back_its_own() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM FROM campaigns_conversion AS sale
    WHERE sale.id = NEW.original_id AND sale.alliance_id = NEW.alliance_id AND sale.host_id = NEW.host_id
      AND sale.currency = NEW.currency AND sale.kind = 'sale'
      AND (NEW.agreement_id IS NULL OR NEW.agreement_id = sale.agreement_id);
  IF NOT FOUND THEN
    RAISE EXCEPTION 'conversion % takes back what is not its own', NEW.id USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER b_takes_back BEFORE INSERT OR UPDATE ON campaigns_conversion
  FOR EACH ROW WHEN (NEW.original_id IS NOT NULL) EXECUTE FUNCTION campaigns_takes_back_its_own();
REVOKE ALL ON FUNCTION campaigns_takes_back_its_own() FROM PUBLIC;
