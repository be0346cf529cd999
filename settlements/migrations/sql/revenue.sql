-- Revenue is reported while its period is open, by one of its parties; the close sees what was reported before it.
CREATE FUNCTION settlements_revenue_reported() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM FROM settlements_period AS p WHERE p.id = NEW.period_id AND p.status = 'open' AND p.agreement_id = NEW.agreement_id
     AND p.currency = NEW.currency AND NEW.organization_id = ANY (p.parties) FOR SHARE;
  IF NOT FOUND OR (TG_OP = 'UPDATE' AND (NEW.period_id, NEW.organization_id) <> (OLD.period_id, OLD.organization_id)) THEN
    RAISE EXCEPTION 'Revenue is reported by a party, of a period that is open' USING ERRCODE = 'SM002';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER b_reported BEFORE INSERT OR UPDATE ON settlements_reportedrevenue FOR EACH ROW EXECUTE FUNCTION settlements_revenue_reported();
ALTER TABLE settlements_reportedrevenue ENABLE ALWAYS TRIGGER b_reported;
CREATE TRIGGER unchanging BEFORE DELETE ON settlements_reportedrevenue FOR EACH ROW EXECUTE FUNCTION settlements_refuse();
CREATE TRIGGER unchanging_truncate BEFORE TRUNCATE ON settlements_reportedrevenue FOR EACH STATEMENT EXECUTE FUNCTION settlements_refuse();
ALTER TABLE settlements_reportedrevenue ENABLE ALWAYS TRIGGER unchanging;
ALTER TABLE settlements_reportedrevenue ENABLE ALWAYS TRIGGER unchanging_truncate;
REVOKE ALL ON FUNCTION settlements_revenue_reported() FROM PUBLIC;
