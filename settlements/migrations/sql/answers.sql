-- Answers to closed statements: reviews are made with the statements, accepted once and never while a line is disputed;
-- a dispute names a line as it stands; comments stand for good.
--
-- More SQLSTATEs of the class SM:  SM013 not a line to dispute   SM014 not to accept now

CREATE FUNCTION settlements_acting() RETURNS uuid
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT nullif(current_setting('app.organization', true), '')::uuid
$$;

-- One review for each partner's statement -------------------------------------------------------
CREATE FUNCTION settlements_reviews_begin() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO settlements_statementreview (id, host_id, organization_id, statement_id, state, closed_at, accepted_by, is_by_silence,
      content_sha256, parties)
    SELECT settlements_new_id(), s.host_id, s.organization_id, s.id, 'open', s.closed_at, '', false, '', s.parties
    FROM added AS s WHERE s.organization_id <> s.host_id;
  RETURN NULL;
END $$;
CREATE TRIGGER review AFTER INSERT ON settlements_statement REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION settlements_reviews_begin();
ALTER TABLE settlements_statement ENABLE ALWAYS TRIGGER review;

INSERT INTO settlements_statementreview (id, host_id, organization_id, statement_id, state, closed_at, accepted_by, is_by_silence,
    content_sha256, parties)
  SELECT settlements_new_id(), s.host_id, s.organization_id, s.id, 'open', s.closed_at, '', false, '', s.parties
  FROM settlements_statement AS s WHERE s.organization_id <> s.host_id;

-- An update holds the row; a dispute holds it too (below). So one of them sees what the other did.
CREATE FUNCTION settlements_accepted_once() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF OLD.state = 'open' AND NEW.state = 'accepted'
     AND to_jsonb(NEW) - '{state,accepted_at,accepted_by,accepted_by_id,is_by_silence,content_sha256,parties}'::text[]
       = to_jsonb(OLD) - '{state,accepted_at,accepted_by,accepted_by_id,is_by_silence,content_sha256,parties}'::text[]
     AND EXISTS (SELECT FROM settlements_statement WHERE id = NEW.statement_id AND content_sha256 = NEW.content_sha256)
     AND NOT EXISTS (SELECT FROM settlements_linedispute WHERE statement_id = NEW.statement_id AND state = 'open') THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'A statement is accepted once, as it stands, with no line disputed' USING ERRCODE = 'SM014';
END $$;
CREATE TRIGGER b_accepted_once BEFORE UPDATE ON settlements_statementreview
  FOR EACH ROW EXECUTE FUNCTION settlements_accepted_once();
ALTER TABLE settlements_statementreview ENABLE ALWAYS TRIGGER b_accepted_once;

-- Disputes ---------------------------------------------------------------------------------------
CREATE FUNCTION settlements_dispute_opened() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE v_state text;
BEGIN
  SELECT r.state INTO v_state FROM settlements_statementreview AS r WHERE r.statement_id = NEW.statement_id FOR UPDATE;
  PERFORM FROM settlements_statement AS s JOIN settlements_statementline AS l ON l.statement_id = s.id
    WHERE s.id = NEW.statement_id AND l.line_number = NEW.line_number AND s.organization_id = NEW.organization_id
      AND s.host_id = NEW.host_id AND s.agreement_id = NEW.agreement_id AND s.currency = NEW.currency
      AND l.share_minor = NEW.share_minor AND l.reference = NEW.reference AND l.accrual_id IS NOT DISTINCT FROM NEW.accrual_id;
  IF NOT FOUND OR v_state IS DISTINCT FROM 'open' OR NEW.state <> 'open' OR NEW.set_aside_minor IS NOT NULL
     OR (NOT ledger_is_operator() AND NEW.opened_by_organization_id IS DISTINCT FROM settlements_acting())
     OR NEW.opened_by_organization_id NOT IN (NEW.organization_id, NEW.host_id) THEN
    RAISE EXCEPTION 'This is not a line that can be disputed' USING ERRCODE = 'SM013';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER b_opened BEFORE INSERT ON settlements_linedispute FOR EACH ROW EXECUTE FUNCTION settlements_dispute_opened();
ALTER TABLE settlements_linedispute ENABLE ALWAYS TRIGGER b_opened;

-- Settled once; money is set aside once and released once, by the host. A partner only takes its own dispute back.
CREATE FUNCTION settlements_dispute_goes_on() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_is_host boolean := ledger_is_operator() OR settlements_acting() = NEW.host_id;
  v_settles boolean := OLD.state = 'open' AND NEW.state <> 'open';
BEGIN
  IF to_jsonb(NEW) - '{state,settled_at,settled_by,note,corrected_minor,correction_id,set_aside_minor,set_aside_currency,released_at,parties}'::text[]
       = to_jsonb(OLD) - '{state,settled_at,settled_by,note,corrected_minor,correction_id,set_aside_minor,set_aside_currency,released_at,parties}'::text[]
     AND (v_settles OR (NEW.state, NEW.settled_at, NEW.settled_by, NEW.note) IS NOT DISTINCT FROM (OLD.state, OLD.settled_at, OLD.settled_by, OLD.note)
       AND (NEW.corrected_minor, NEW.correction_id) IS NOT DISTINCT FROM (OLD.corrected_minor, OLD.correction_id))
     AND (OLD.set_aside_minor IS NULL
       OR (NEW.set_aside_minor, NEW.set_aside_currency) = (OLD.set_aside_minor, OLD.set_aside_currency))
     AND (OLD.released_at IS NULL OR NEW.released_at = OLD.released_at)
     AND (v_is_host OR (v_settles AND NEW.state = 'withdrawn' AND NEW.opened_by_organization_id = settlements_acting()
       AND (NEW.set_aside_minor, NEW.set_aside_currency, NEW.released_at)
         IS NOT DISTINCT FROM (OLD.set_aside_minor, OLD.set_aside_currency, OLD.released_at))) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'A dispute is settled once, by the host or by who opened it' USING ERRCODE = 'SM001';
END $$;
CREATE TRIGGER b_goes_on BEFORE UPDATE ON settlements_linedispute FOR EACH ROW EXECUTE FUNCTION settlements_dispute_goes_on();
ALTER TABLE settlements_linedispute ENABLE ALWAYS TRIGGER b_goes_on;

-- Comments ---------------------------------------------------------------------------------------
CREATE FUNCTION settlements_comment_written() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM FROM settlements_statement AS s
    WHERE s.id = NEW.statement_id AND s.organization_id = NEW.organization_id AND s.host_id = NEW.host_id
      AND s.organization_id <> s.host_id AND NEW.author_organization_id IN (s.organization_id, s.host_id)
      AND (NEW.dispute_id IS NULL OR EXISTS (
        SELECT FROM settlements_linedispute AS d WHERE d.id = NEW.dispute_id AND d.statement_id = s.id));
  IF NOT FOUND THEN
    RAISE EXCEPTION 'Comments are written by the sides of a statement' USING ERRCODE = 'SM013';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER b_written BEFORE INSERT ON settlements_statementcomment FOR EACH ROW EXECUTE FUNCTION settlements_comment_written();
ALTER TABLE settlements_statementcomment ENABLE ALWAYS TRIGGER b_written;

DO $$
DECLARE v_table text; v_verbs text;
BEGIN
  FOR v_table, v_verbs IN VALUES
    ('settlements_statementreview', 'DELETE'), ('settlements_linedispute', 'DELETE'), ('settlements_statementcomment', 'UPDATE OR DELETE')
  LOOP
    EXECUTE format('CREATE TRIGGER unchanging BEFORE %s ON %I FOR EACH ROW EXECUTE FUNCTION settlements_refuse()', v_verbs, v_table);
    EXECUTE format('CREATE TRIGGER unchanging_truncate BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION settlements_refuse()', v_table);
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER unchanging', v_table);
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER unchanging_truncate', v_table);
  END LOOP;
END $$;

-- The sides of a statement tell each other what has happened to it, and nothing else -------------
CREATE FUNCTION settlements_tell_side(
  p_id uuid, p_statement uuid, p_side uuid, p_topic text, p_payload jsonb, p_now timestamptz,
  p_deliveries uuid[], p_subscribers text[], p_queues text[])
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM FROM settlements_statement AS s
    WHERE s.id = p_statement AND s.organization_id <> s.host_id
      AND ARRAY[settlements_acting(), p_side] <@ ARRAY[s.organization_id, s.host_id];
  IF NOT FOUND OR settlements_acting() IS NULL OR p_payload ->> 'statement_id' IS DISTINCT FROM p_statement::text OR p_topic NOT IN (
    'settlements.StatementAccepted', 'settlements.StatementCommented', 'settlements.LineDisputed', 'settlements.DisputeSettled') THEN
    RAISE EXCEPTION 'only the sides of a statement tell each other of it' USING ERRCODE = 'insufficient_privilege';
  END IF;
  INSERT INTO kernel_outboxmessage (id, organization_id, topic, payload, created_at)
  VALUES (p_id, p_side, p_topic, p_payload, p_now);
  INSERT INTO kernel_outboxdelivery
    (id, organization_id, message_id, subscriber, queue, state, attempts, hints, next_attempt_at, last_error, done_at)
  SELECT d.id, p_side, p_id, d.subscriber, d.queue, 'pending', 0, 0, clock_timestamp(), '', NULL
  FROM unnest(p_deliveries, p_subscribers, p_queues) AS d (id, subscriber, queue);
END $$;

REVOKE ALL ON FUNCTION
  settlements_acting(), settlements_reviews_begin(), settlements_accepted_once(), settlements_dispute_opened(),
  settlements_dispute_goes_on(), settlements_comment_written(),
  settlements_tell_side(uuid, uuid, uuid, text, jsonb, timestamptz, uuid[], text[], text[])
FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
  settlements_tell_side(uuid, uuid, uuid, text, jsonb, timestamptz, uuid[], text[], text[])
TO {{runtime}}, {{operator}};
