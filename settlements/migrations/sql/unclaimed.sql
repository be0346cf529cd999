-- A host tells a partner that its small balance will be set aside: only of its own notice, only the partner whose balance it is.
CREATE FUNCTION settlements_tell_unclaimed(
  p_id uuid, p_notice uuid, p_partner uuid, p_topic text, p_payload jsonb, p_now timestamptz,
  p_deliveries uuid[], p_subscribers text[], p_queues text[])
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM FROM settlements_unclaimednotice AS n
    WHERE n.id = p_notice AND n.host_id = settlements_acting() AND n.organization_id = p_partner;
  IF NOT FOUND OR p_topic <> 'settlements.payouts.UnclaimedAnnounced' OR p_payload ->> 'notice_id' IS DISTINCT FROM p_notice::text THEN
    RAISE EXCEPTION 'only who sets a balance aside tells the partner of it' USING ERRCODE = 'insufficient_privilege';
  END IF;
  INSERT INTO kernel_outboxmessage (id, organization_id, topic, payload, created_at)
  VALUES (p_id, p_partner, p_topic, p_payload, p_now);
  INSERT INTO kernel_outboxdelivery
    (id, organization_id, message_id, subscriber, queue, state, attempts, hints, next_attempt_at, last_error, done_at)
  SELECT d.id, p_partner, p_id, d.subscriber, d.queue, 'pending', 0, 0, clock_timestamp(), '', NULL
  FROM unnest(p_deliveries, p_subscribers, p_queues) AS d (id, subscriber, queue);
END $$;

REVOKE ALL ON FUNCTION settlements_tell_unclaimed(uuid, uuid, uuid, text, jsonb, timestamptz, uuid[], text[], text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION settlements_tell_unclaimed(uuid, uuid, uuid, text, jsonb, timestamptz, uuid[], text[], text[]) TO {{runtime}}, {{operator}};
