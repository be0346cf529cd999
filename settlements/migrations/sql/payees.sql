-- A host lets the payee of a payment hear what became of it, and nothing else.
CREATE FUNCTION settlements_tell_payee(
  p_id uuid, p_payout uuid, p_payee uuid, p_topic text, p_payload jsonb, p_now timestamptz,
  p_deliveries uuid[], p_subscribers text[], p_queues text[])
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM FROM settlements_payout AS p
    WHERE p.id = p_payout AND p.host_id = settlements_acting() AND p.organization_id = p_payee;
  IF NOT FOUND OR p_topic <> 'settlements.payouts.PayeeTold' OR p_payload ->> 'payout_id' IS DISTINCT FROM p_payout::text THEN
    RAISE EXCEPTION 'only who pays tells the payee of the payment' USING ERRCODE = 'insufficient_privilege';
  END IF;
  INSERT INTO kernel_outboxmessage (id, organization_id, topic, payload, created_at)
  VALUES (p_id, p_payee, p_topic, p_payload, p_now);
  INSERT INTO kernel_outboxdelivery
    (id, organization_id, message_id, subscriber, queue, state, attempts, hints, next_attempt_at, last_error, done_at)
  SELECT d.id, p_payee, p_id, d.subscriber, d.queue, 'pending', 0, 0, clock_timestamp(), '', NULL
  FROM unnest(p_deliveries, p_subscribers, p_queues) AS d (id, subscriber, queue);
END $$;

REVOKE ALL ON FUNCTION settlements_tell_payee(uuid, uuid, uuid, text, jsonb, timestamptz, uuid[], text[], text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION settlements_tell_payee(uuid, uuid, uuid, text, jsonb, timestamptz, uuid[], text[], text[]) TO {{runtime}}, {{operator}};
