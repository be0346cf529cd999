-- From when on silence accepts a statement: said once, by the close itself. A party is reminded once before.

CREATE OR REPLACE FUNCTION settlements_accepted_once() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_answer text[] := '{state,accepted_at,accepted_by,accepted_by_id,is_by_silence,content_sha256,parties}';
  v_reminded text[] := '{reminded_at,parties}';
BEGIN
  IF OLD.state = 'open' AND NEW.state = 'accepted' AND to_jsonb(NEW) - v_answer = to_jsonb(OLD) - v_answer
     AND EXISTS (SELECT FROM settlements_statement WHERE id = NEW.statement_id AND content_sha256 = NEW.content_sha256)
     AND NOT EXISTS (SELECT FROM settlements_linedispute WHERE statement_id = NEW.statement_id AND state = 'open') THEN
    RETURN NEW;
  END IF;
  IF OLD.state = 'open' AND NEW.state = 'open' AND to_jsonb(NEW) - v_reminded = to_jsonb(OLD) - v_reminded
     AND OLD.reminded_at IS NULL AND OLD.silence_from IS NOT NULL THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'A statement is accepted once, as it stands, with no line disputed' USING ERRCODE = 'SM014';
END $$;

-- The close says it in `app.silence_from`, for the statements that it writes; it never changes.
CREATE OR REPLACE FUNCTION settlements_reviews_begin() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO settlements_statementreview (id, host_id, organization_id, statement_id, state, closed_at, accepted_by, is_by_silence,
      content_sha256, silence_from, parties)
    SELECT settlements_new_id(), s.host_id, s.organization_id, s.id, 'open', s.closed_at, '', false, '',
      nullif(current_setting('app.silence_from', true), '')::timestamptz, s.parties
    FROM added AS s WHERE s.organization_id <> s.host_id;
  RETURN NULL;
END $$;

-- The sides of a statement tell each other of one thing more: that it waits.
CREATE OR REPLACE FUNCTION settlements_tell_side(
  p_id uuid, p_statement uuid, p_side uuid, p_topic text, p_payload jsonb, p_now timestamptz,
  p_deliveries uuid[], p_subscribers text[], p_queues text[])
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM FROM settlements_statement AS s
    WHERE s.id = p_statement AND s.organization_id <> s.host_id
      AND ARRAY[settlements_acting(), p_side] <@ ARRAY[s.organization_id, s.host_id];
  IF NOT FOUND OR settlements_acting() IS NULL OR p_payload ->> 'statement_id' IS DISTINCT FROM p_statement::text OR p_topic NOT IN (
    'settlements.StatementIssued', 'settlements.StatementAccepted', 'settlements.StatementCommented', 'settlements.LineDisputed', 'settlements.DisputeSettled') THEN
    RAISE EXCEPTION 'only the sides of a statement tell each other of it' USING ERRCODE = 'insufficient_privilege';
  END IF;
  INSERT INTO kernel_outboxmessage (id, organization_id, topic, payload, created_at)
  VALUES (p_id, p_side, p_topic, p_payload, p_now);
  INSERT INTO kernel_outboxdelivery
    (id, organization_id, message_id, subscriber, queue, state, attempts, hints, next_attempt_at, last_error, done_at)
  SELECT d.id, p_side, p_id, d.subscriber, d.queue, 'pending', 0, 0, clock_timestamp(), '', NULL
  FROM unnest(p_deliveries, p_subscribers, p_queues) AS d (id, subscriber, queue);
END $$;
