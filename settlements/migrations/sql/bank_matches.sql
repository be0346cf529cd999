-- A match is decided once; one that is approved may only be replaced, by a match that somebody else approved.
CREATE FUNCTION settlements_bank_match_decided_once() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE v_decided text[] := '{state,decided_at,decided_by,decided_by_id,decision_note,journal_ids}';
BEGIN
  IF (OLD.state = 'waiting' AND NEW.state IN ('approved', 'rejected') AND to_jsonb(NEW) - v_decided = to_jsonb(OLD) - v_decided)
     OR (OLD.state = 'approved' AND OLD.kind = 'suspense' AND NEW.state = 'replaced' AND to_jsonb(NEW) - 'state' = to_jsonb(OLD) - 'state') THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'A bank match is only decided, once' USING ERRCODE = 'SM001';
END $$;
CREATE TRIGGER decided_once BEFORE UPDATE ON settlements_bankmatch
  FOR EACH ROW EXECUTE FUNCTION settlements_bank_match_decided_once();
ALTER TABLE settlements_bankmatch ENABLE ALWAYS TRIGGER decided_once;
REVOKE ALL ON FUNCTION settlements_bank_match_decided_once() FROM PUBLIC;
CREATE TRIGGER unchanging BEFORE DELETE ON settlements_bankmatch FOR EACH ROW EXECUTE FUNCTION settlements_refuse();
CREATE TRIGGER unchanging_truncate BEFORE TRUNCATE ON settlements_bankmatch FOR EACH STATEMENT EXECUTE FUNCTION settlements_refuse();
ALTER TABLE settlements_bankmatch ENABLE ALWAYS TRIGGER unchanging;
ALTER TABLE settlements_bankmatch ENABLE ALWAYS TRIGGER unchanging_truncate;
