-- What the shop says of an order beside its amount is fixed at birth too.
CREATE FUNCTION campaigns_conversion_words_fixed() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF (NEW.parent_reference, NEW.invalid_reason, NEW.returned_quantity)
     IS DISTINCT FROM (OLD.parent_reference, OLD.invalid_reason, OLD.returned_quantity) THEN
    RAISE EXCEPTION 'conversion % is fixed', OLD.id USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER b_words_fixed BEFORE UPDATE ON campaigns_conversion FOR EACH ROW EXECUTE FUNCTION campaigns_conversion_words_fixed();
REVOKE ALL ON FUNCTION campaigns_conversion_words_fixed() FROM PUBLIC;
