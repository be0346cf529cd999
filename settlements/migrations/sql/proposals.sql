-- Restatements and reratings stand for good; a proposal is decided once.
DO $$
DECLARE v_table text; v_verbs text;
BEGIN
  FOR v_table, v_verbs IN VALUES
    ('settlements_restatement', 'UPDATE OR DELETE'), ('settlements_rerating', 'UPDATE OR DELETE'), ('settlements_proposedadjustment', 'DELETE')
  LOOP
    EXECUTE format('CREATE TRIGGER unchanging BEFORE %s ON %I FOR EACH ROW EXECUTE FUNCTION settlements_refuse()', v_verbs, v_table);
    EXECUTE format('CREATE TRIGGER unchanging_truncate BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION settlements_refuse()', v_table);
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER unchanging', v_table);
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER unchanging_truncate', v_table);
  END LOOP;
END $$;

CREATE FUNCTION settlements_proposal_decided_once() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF OLD.state = 'waiting' AND NEW.state <> 'waiting'
     AND to_jsonb(NEW) - '{state,note,decided_at,decided_by,decided_by_id,adjustment_id}'::text[]
       = to_jsonb(OLD) - '{state,note,decided_at,decided_by,decided_by_id,adjustment_id}'::text[] THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'A proposal is only decided, once' USING ERRCODE = 'SM001';
END $$;
CREATE TRIGGER decided_once BEFORE UPDATE ON settlements_proposedadjustment
  FOR EACH ROW EXECUTE FUNCTION settlements_proposal_decided_once();
ALTER TABLE settlements_proposedadjustment ENABLE ALWAYS TRIGGER decided_once;
REVOKE ALL ON FUNCTION settlements_proposal_decided_once() FROM PUBLIC;
