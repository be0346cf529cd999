-- Payouts: what is paid and where to never changes, states go their way and no other, approvals are somebody else's.
-- More SQLSTATEs of the class SM:  SM013 a payout or its batch would go a way that there is not

-- Nothing is deleted; steps never change at all.
DO $$
DECLARE v_table text; v_verbs text;
BEGIN
  FOR v_table, v_verbs IN VALUES
    ('settlements_payoutbatch', 'DELETE'), ('settlements_payoutapproval', 'DELETE'), ('settlements_payout', 'DELETE'),
    ('settlements_payoutpart', 'DELETE'), ('settlements_payoutstep', 'UPDATE OR DELETE'), ('settlements_payouthold', 'DELETE'),
    ('settlements_outcomereport', 'DELETE')
  LOOP
    EXECUTE format('CREATE TRIGGER unchanging BEFORE %s ON %I FOR EACH ROW EXECUTE FUNCTION settlements_refuse()', v_verbs, v_table);
    EXECUTE format('CREATE TRIGGER unchanging_truncate BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION settlements_refuse()', v_table);
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER unchanging', v_table);
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER unchanging_truncate', v_table);
  END LOOP;
END $$;

-- A state is followed by these; the same state again is a note about it.
CREATE FUNCTION settlements_payout_moves() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE v_free text[] := '{state,gateway_reference,bank_reference,reason_code,reason_text,sent_at,confirmed_at,returned_at,look_at,tries,lease_until,lease_token}';
BEGIN
  IF to_jsonb(NEW) - v_free IS DISTINCT FROM to_jsonb(OLD) - v_free THEN
    RAISE EXCEPTION 'What a payout pays, and where to, never changes' USING ERRCODE = 'SM013';
  END IF;
  IF NEW.state <> OLD.state AND NOT (CASE OLD.state
      WHEN 'prepared' THEN NEW.state IN ('reserved', 'cancelled')
      WHEN 'reserved' THEN NEW.state IN ('sending', 'cancelled')
      WHEN 'sending' THEN NEW.state IN ('unknown', 'accepted', 'confirmed', 'returned')
      WHEN 'unknown' THEN NEW.state IN ('accepted', 'confirmed', 'returned')
      WHEN 'accepted' THEN NEW.state IN ('confirmed', 'returned')
      WHEN 'confirmed' THEN NEW.state = 'returned'
      ELSE false END) THEN
    RAISE EXCEPTION 'A payout does not go from % to %', OLD.state, NEW.state USING ERRCODE = 'SM013';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER moves BEFORE UPDATE ON settlements_payout FOR EACH ROW EXECUTE FUNCTION settlements_payout_moves();
ALTER TABLE settlements_payout ENABLE ALWAYS TRIGGER moves;

CREATE FUNCTION settlements_payout_batch_moves() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE v_free text[] := '{state,payout_count,total_minor,content_sha256,approvals_needed,approved_at,sent_at,sent_by,finished_at,cancelled_at,cancelled_by,note}';
BEGIN
  IF to_jsonb(NEW) - v_free IS DISTINCT FROM to_jsonb(OLD) - v_free
     OR (OLD.state <> 'prepared' AND (NEW.payout_count, NEW.total_minor, NEW.content_sha256, NEW.approvals_needed)
           IS DISTINCT FROM (OLD.payout_count, OLD.total_minor, OLD.content_sha256, OLD.approvals_needed))
     OR NEW.approvals_needed < OLD.approvals_needed THEN
    RAISE EXCEPTION 'What was approved never changes' USING ERRCODE = 'SM013';
  END IF;
  IF NEW.state <> OLD.state AND NOT (CASE OLD.state
      WHEN 'prepared' THEN NEW.state IN ('approved', 'cancelled')
      WHEN 'approved' THEN NEW.state IN ('sent', 'cancelled')
      WHEN 'sent' THEN NEW.state = 'finished'
      ELSE false END) THEN
    RAISE EXCEPTION 'A batch does not go from % to %', OLD.state, NEW.state USING ERRCODE = 'SM013';
  END IF;
  IF NEW.state = 'approved' AND OLD.state = 'prepared' AND (
       SELECT count(DISTINCT a.approved_by_id) FROM settlements_payoutapproval AS a
       WHERE a.batch_id = NEW.id AND a.voided_at IS NULL AND a.content_sha256 = NEW.content_sha256) < NEW.approvals_needed THEN
    RAISE EXCEPTION 'A batch needs % approvals of its present content', NEW.approvals_needed USING ERRCODE = 'SM013';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER moves BEFORE UPDATE ON settlements_payoutbatch FOR EACH ROW EXECUTE FUNCTION settlements_payout_batch_moves();
ALTER TABLE settlements_payoutbatch ENABLE ALWAYS TRIGGER moves;

-- Approvals are of the present content, by somebody who did not prepare it; afterwards they are voided, once, or stand.
CREATE FUNCTION settlements_payout_approval_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.voided_at IS NOT NULL OR NOT EXISTS (
         SELECT FROM settlements_payoutbatch AS b
         WHERE b.id = NEW.batch_id AND b.organization_id = NEW.organization_id AND b.state = 'prepared'
           AND b.content_sha256 = NEW.content_sha256 AND b.prepared_by_id IS DISTINCT FROM NEW.approved_by_id) THEN
      RAISE EXCEPTION 'Somebody else approves what there is now' USING ERRCODE = 'SM013';
    END IF;
  ELSIF OLD.voided_at IS NOT NULL OR NEW.voided_at IS NULL OR to_jsonb(NEW) - 'voided_at' IS DISTINCT FROM to_jsonb(OLD) - 'voided_at' THEN
    RAISE EXCEPTION 'An approval can only be voided, once' USING ERRCODE = 'SM013';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE INSERT OR UPDATE ON settlements_payoutapproval FOR EACH ROW EXECUTE FUNCTION settlements_payout_approval_guard();
ALTER TABLE settlements_payoutapproval ENABLE ALWAYS TRIGGER guard;

-- A part only ever leaves its draft; a hold is only ever lifted; a report is only ever decided.
CREATE FUNCTION settlements_payout_note_once() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE v_free text[] := string_to_array(TG_ARGV[0], ',');
BEGIN
  IF to_jsonb(NEW) - v_free IS DISTINCT FROM to_jsonb(OLD) - v_free
     OR (TG_ARGV[1] = 'is_draft' AND (to_jsonb(NEW) ->> 'is_draft')::boolean AND NOT (to_jsonb(OLD) ->> 'is_draft')::boolean)
     OR (TG_ARGV[1] = 'lifted_at' AND to_jsonb(OLD) ->> 'lifted_at' IS NOT NULL)
     OR (TG_ARGV[1] = 'decided_at' AND to_jsonb(OLD) ->> 'decided_at' IS NOT NULL) THEN
    RAISE EXCEPTION 'This can be noted once, and nothing else' USING ERRCODE = 'SM013';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER noted_once BEFORE UPDATE ON settlements_payoutpart
  FOR EACH ROW EXECUTE FUNCTION settlements_payout_note_once('is_draft', 'is_draft');
CREATE TRIGGER noted_once BEFORE UPDATE ON settlements_payouthold
  FOR EACH ROW EXECUTE FUNCTION settlements_payout_note_once('lifted_at,lifted_by', 'lifted_at');
CREATE TRIGGER noted_once BEFORE UPDATE ON settlements_outcomereport
  FOR EACH ROW EXECUTE FUNCTION settlements_payout_note_once('state,decided_at,decided_by,decided_by_id', 'decided_at');
ALTER TABLE settlements_payoutpart ENABLE ALWAYS TRIGGER noted_once;
ALTER TABLE settlements_payouthold ENABLE ALWAYS TRIGGER noted_once;
ALTER TABLE settlements_outcomereport ENABLE ALWAYS TRIGGER noted_once;

REVOKE ALL ON FUNCTION
  settlements_payout_moves(), settlements_payout_batch_moves(), settlements_payout_approval_guard(), settlements_payout_note_once()
FROM PUBLIC;
