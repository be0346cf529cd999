-- Periods by any schedule: a business day begins at the cut-off of its calendar day, periods of an agreement never
-- overlap (the ledger refuses that, LG class), and begin and end at the agreement's clock.
CREATE OR REPLACE FUNCTION settlements_period_opened() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM settlements_lock_calendar(NEW.agreement_id);
  IF EXISTS (SELECT FROM settlements_period WHERE agreement_id = NEW.agreement_id AND starts_on = NEW.starts_on) THEN
    RETURN NULL;  -- somebody else has opened it
  END IF;
  PERFORM FROM partners_agreement AS a JOIN ledger_period AS l ON l.agreement_id = a.id
    WHERE a.id = NEW.agreement_id AND a.host_id = NEW.host_id AND a.alliance_id = NEW.alliance_id
      AND a.currency = NEW.currency AND a.time_zone = NEW.time_zone
      AND l.id = NEW.id AND l.starts_on = NEW.starts_on AND l.ends_on = NEW.ends_on
      AND NEW.starts_at = (NEW.starts_on + NEW.cut_off) AT TIME ZONE NEW.time_zone
      AND NEW.ends_at = (NEW.ends_on + NEW.cut_off) AT TIME ZONE NEW.time_zone AND NEW.status = 'open';
  IF NOT FOUND THEN
    RAISE EXCEPTION 'This is not a period of the agreement' USING ERRCODE = 'SM009';
  END IF;
  IF EXISTS (SELECT FROM settlements_period
             WHERE agreement_id = NEW.agreement_id AND status = 'closed' AND starts_on > NEW.starts_on) THEN
    RAISE EXCEPTION 'A later period of the agreement is closed' USING ERRCODE = 'SM002';
  END IF;
  RETURN NEW;
END $$;
