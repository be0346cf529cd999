-- The life of agreements: what is signed says what the columns say, endings end, and only as agreed.
-- All functions are SECURITY DEFINER with a fixed search path, as in visibility.sql.

-- What was signed before versions had rules for their end.
ALTER TABLE partners_termsversion DISABLE TRIGGER guard;
UPDATE partners_termsversion SET signed_until = (document->>'effective_to')::timestamptz;
UPDATE partners_termsversion SET status = 'declined' WHERE status = 'withdrawn' AND closed_by_id <> proposed_by_id;
ALTER TABLE partners_termsversion ENABLE TRIGGER guard;

-- The same text as partners/domain/document.py writes: sorted keys, no spaces. Documents hold no fractions.
CREATE FUNCTION partners_canonical_json(p_value jsonb) RETURNS text
LANGUAGE plpgsql IMMUTABLE SET search_path = public, pg_temp AS $$
BEGIN
  RETURN CASE jsonb_typeof(p_value)
    WHEN 'object' THEN (
      SELECT '{' || coalesce(string_agg(to_json(key)::text || ':' || partners_canonical_json(value), ',' ORDER BY key COLLATE "C"), '') || '}'
      FROM jsonb_each(p_value))
    WHEN 'array' THEN (
      SELECT '[' || coalesce(string_agg(partners_canonical_json(value), ',' ORDER BY position), '') || ']'
      FROM jsonb_array_elements(p_value) WITH ORDINALITY AS element (value, position))
    ELSE p_value::text
  END;
END $$;

CREATE FUNCTION partners_document_sha256(p_document jsonb) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
  SELECT encode(sha256(convert_to(partners_canonical_json(p_document), 'UTF8')), 'hex')
$$;

CREATE FUNCTION partners_refuse(p_sentence text, p_constraint text) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  RAISE EXCEPTION USING MESSAGE = p_sentence, ERRCODE = 'check_violation', CONSTRAINT = p_constraint;
END $$;

CREATE FUNCTION partners_acting() RETURNS uuid
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT nullif(current_setting('app.organization', true), '')::uuid
$$;

-- A new version: a proposal of the acting party, whose hash is the document's and whose columns say what it says.
CREATE FUNCTION partners_check_new_version(p_new partners_termsversion) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  rule jsonb := p_new.document->'end_rule';
BEGIN
  IF p_new.status <> 'proposed' THEN
    PERFORM partners_refuse('a version begins as a proposal', 'version_begins_proposed');
  END IF;
  IF p_new.proposed_by_id IS DISTINCT FROM partners_acting() THEN
    PERFORM partners_refuse('nobody proposes for another', 'version_proposed_by_acting');
  END IF;
  IF EXISTS (SELECT FROM partners_agreement WHERE id = p_new.agreement_id AND status = 'ended') THEN
    PERFORM partners_refuse('the agreement has ended', 'agreement_stays_ended');
  END IF;
  IF p_new.document_sha256 <> partners_document_sha256(p_new.document) THEN
    PERFORM partners_refuse('the hash is not the document''s', 'version_hash_fits');
  END IF;
  IF (p_new.document->>'agreement_id', p_new.document->>'number', (p_new.document->>'effective_from')::timestamptz,
      (p_new.document->>'effective_to')::timestamptz, rule->>'at_end')
     IS DISTINCT FROM
     (p_new.agreement_id::text, p_new.number::text, p_new.effective_from, p_new.signed_until, p_new.at_end::text)
     OR p_new.effective_to IS DISTINCT FROM (CASE p_new.at_end WHEN 'renew' THEN NULL ELSE p_new.signed_until END)
     OR (SELECT number::text FROM partners_termsversion WHERE id = p_new.fallback_id AND status = 'accepted')
        IS DISTINCT FROM rule->>'fallback_number' THEN
    PERFORM partners_refuse('the columns do not say what the document says', 'version_fits_document');
  END IF;
END $$;

-- A version that waits is accepted, or closed by whoever may, and for good.
CREATE FUNCTION partners_check_settling(p_old partners_termsversion, p_new partners_termsversion) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  acting uuid := partners_acting();
  agreement partners_agreement;
BEGIN
  IF p_old.status <> 'proposed' THEN
    PERFORM partners_refuse('a settled version stays as it is', 'version_stays_settled');
  END IF;
  SELECT * INTO agreement FROM partners_agreement WHERE id = p_new.agreement_id;
  IF p_new.status = 'accepted' THEN
    IF EXISTS (
      SELECT FROM partners_agreementparty AS seat WHERE seat.agreement_id = p_new.agreement_id AND NOT EXISTS (
        SELECT FROM partners_acceptance AS signature
        WHERE signature.version_id = p_new.id AND signature.organization_id = seat.organization_id
          AND signature.document_sha256 = p_new.document_sha256)) THEN
      PERFORM partners_refuse('a party has not signed', 'version_signed_by_all');
    END IF;
    IF agreement.status = 'ended' OR agreement.ends_at <= p_new.effective_from THEN
      PERFORM partners_refuse('the agreement ends before', 'version_within_agreement');
    END IF;
    RETURN;
  END IF;
  IF p_new.closed_at IS NULL THEN
    PERFORM partners_refuse('a version is closed at an instant', 'version_closed_rightly');
  END IF;
  IF (CASE p_new.status
      WHEN 'withdrawn' THEN p_new.closed_by_id = acting AND acting = p_new.proposed_by_id
      WHEN 'declined' THEN p_new.closed_by_id = acting AND acting <> p_new.proposed_by_id AND p_new.close_reason <> ''
        AND EXISTS (SELECT FROM partners_agreementparty WHERE agreement_id = p_new.agreement_id AND organization_id = acting)
      WHEN 'replaced' THEN p_new.closed_by_id = acting AND EXISTS (
        SELECT FROM partners_termsversion WHERE answers_id = p_new.id AND proposed_by_id = acting AND status = 'proposed')
      WHEN 'lapsed' THEN p_new.closed_by_id IS NULL AND agreement.status = 'ended'
      ELSE false END) IS NOT TRUE THEN
    PERFORM partners_refuse('this is not theirs to close', 'version_closed_rightly');
  END IF;
END $$;

CREATE OR REPLACE FUNCTION partners_version_guard() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    PERFORM partners_check_new_version(NEW);
    RETURN NEW;
  END IF;
  IF (NEW.id, NEW.agreement_id, NEW.number, NEW.document, NEW.document_sha256, NEW.effective_from, NEW.signed_until,
      NEW.at_end, NEW.fallback_id, NEW.answers_id, NEW.proposed_by_id, NEW.created_at)
     IS DISTINCT FROM
     (OLD.id, OLD.agreement_id, OLD.number, OLD.document, OLD.document_sha256, OLD.effective_from, OLD.signed_until,
      OLD.at_end, OLD.fallback_id, OLD.answers_id, OLD.proposed_by_id, OLD.created_at)
     OR (NEW.status = OLD.status AND (NEW.closed_at, NEW.closed_by_id, NEW.close_reason, NEW.accepted_at)
         IS DISTINCT FROM (OLD.closed_at, OLD.closed_by_id, OLD.close_reason, OLD.accepted_at)) THEN
    PERFORM partners_refuse('a version of terms is never rewritten', 'version_never_rewritten');
  END IF;
  IF NEW.effective_to IS DISTINCT FROM OLD.effective_to
     AND (OLD.status <> 'accepted' OR NEW.effective_to IS NULL OR NEW.effective_to > OLD.effective_to) THEN
    PERFORM partners_refuse('an accepted version may only end earlier', 'version_only_ends_earlier');
  END IF;
  IF NEW.status <> OLD.status THEN
    PERFORM partners_check_settling(OLD, NEW);
  END IF;
  RETURN NEW;
END $$;

-- Nobody cuts a version short but its successor; looked at when the transaction ends, for the cut comes first.
CREATE FUNCTION partners_version_cut_guard() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM partners_termsversion
                 WHERE agreement_id = NEW.agreement_id AND status = 'accepted' AND effective_from = NEW.effective_to) THEN
    PERFORM partners_refuse('no successor begins there', 'version_cut_by_successor');
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER cut_by_successor AFTER UPDATE ON partners_termsversion
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.effective_to IS DISTINCT FROM OLD.effective_to)
  EXECUTE FUNCTION partners_version_cut_guard();

CREATE FUNCTION partners_standing_end(p_agreement uuid) RETURNS timestamptz
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT min(ends_at) FROM partners_ending WHERE agreement_id = p_agreement AND status = 'standing'
$$;

CREATE OR REPLACE FUNCTION partners_agreement_guard() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF (NEW.id, NEW.alliance_id, NEW.host_id, NEW.proposed_by_id, NEW.name, NEW.currency, NEW.time_zone)
     IS DISTINCT FROM (OLD.id, OLD.alliance_id, OLD.host_id, OLD.proposed_by_id, OLD.name, OLD.currency, OLD.time_zone) THEN
    PERFORM partners_refuse('an agreement keeps its frame', 'agreement_keeps_frame');
  END IF;
  IF NEW.ends_at IS DISTINCT FROM OLD.ends_at AND NEW.ends_at IS DISTINCT FROM partners_standing_end(NEW.id) THEN
    PERFORM partners_refuse('an agreement ends by an ending that stands', 'agreement_ends_by_ending');
  END IF;
  IF NEW.status = OLD.status THEN
    RETURN NEW;
  END IF;
  IF OLD.status = 'ended' OR NEW.status = 'proposed' THEN
    PERFORM partners_refuse('an agreement does not go back', 'agreement_stays_ended');
  END IF;
  IF NEW.status = 'signed' AND NOT EXISTS (
    SELECT FROM partners_termsversion WHERE agreement_id = NEW.id AND status = 'accepted') THEN
    PERFORM partners_refuse('no version is accepted', 'agreement_signed_by_all');
  END IF;
  IF NEW.status = 'ended' AND NEW.ends_at IS NULL AND EXISTS (
    SELECT FROM partners_termsversion WHERE agreement_id = NEW.id AND status IN ('proposed', 'accepted')) THEN
    PERFORM partners_refuse('nothing has ended this agreement', 'agreement_ends_by_ending');
  END IF;
  RETURN NEW;
END $$;

-- When a notice given now may end its version at the earliest: whole local days after the day of the notice.
CREATE FUNCTION partners_check_notice(p_new partners_ending) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  version partners_termsversion;
  rule jsonb;
  zone text;
  ends_on date;
  first_on date;
BEGIN
  SELECT * INTO version FROM partners_termsversion WHERE id = p_new.version_id AND status = 'accepted';
  SELECT time_zone INTO zone FROM partners_agreement WHERE id = p_new.agreement_id;
  rule := version.document->'end_rule';
  ends_on := (p_new.ends_at AT TIME ZONE zone)::date;
  IF rule->>'notice_days' IS NULL
     OR p_new.ends_at <> (ends_on::timestamp AT TIME ZONE zone)
     OR ends_on < (p_new.declared_at AT TIME ZONE zone)::date + (rule->>'notice_days')::int + 1 THEN
    PERFORM partners_refuse('the notice period is not kept', 'notice_keeps_period');
  END IF;
  IF (version.effective_from > p_new.declared_at OR version.effective_to <= p_new.declared_at) AND EXISTS (
    SELECT FROM partners_termsversion WHERE agreement_id = p_new.agreement_id AND status = 'accepted'
      AND effective_from <= p_new.declared_at AND (effective_to IS NULL OR effective_to > p_new.declared_at)) THEN
    PERFORM partners_refuse('another version is in force', 'notice_under_version_in_force');
  END IF;
  IF version.at_end = 'renew' AND version.effective_to IS NULL THEN
    first_on := (version.signed_until AT TIME ZONE zone)::date;
    IF NOT EXISTS (
      SELECT FROM generate_series(0, 2400) AS renewal
      WHERE (first_on + make_interval(months => renewal * (rule->>'renewal_months')::int))::date = ends_on) THEN
      PERFORM partners_refuse('a version that renews itself ends with a term', 'notice_keeps_period');
    END IF;
  END IF;
END $$;

-- Only what has run out by itself is said to have expired, and only afterwards.
CREATE FUNCTION partners_check_expiry(p_new partners_ending) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF p_new.ends_at > clock_timestamp() OR EXISTS (
    SELECT FROM partners_termsversion WHERE agreement_id = p_new.agreement_id AND status = 'accepted'
      AND (effective_to IS NULL OR effective_to > p_new.ends_at OR (effective_to = p_new.ends_at AND at_end = 'fall_back')))
     OR NOT EXISTS (
    SELECT FROM partners_termsversion WHERE agreement_id = p_new.agreement_id AND status = 'accepted' AND effective_to = p_new.ends_at)
  THEN
    PERFORM partners_refuse('the agreement has not run out then', 'expiry_of_last_version');
  END IF;
END $$;

CREATE FUNCTION partners_check_new_ending(p_new partners_ending) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  zone text;
BEGIN
  IF p_new.status <> (CASE p_new.kind WHEN 'mutual' THEN 'proposed' ELSE 'standing' END) THEN
    PERFORM partners_refuse('an ending by consent begins as a proposal', 'ending_begins_rightly');
  END IF;
  IF p_new.kind <> 'expiry' AND p_new.declared_by_id IS DISTINCT FROM partners_acting() THEN
    PERFORM partners_refuse('nobody ends for another', 'ending_declared_by_acting');
  END IF;
  IF NOT EXISTS (SELECT FROM partners_agreement WHERE id = p_new.agreement_id AND status = 'signed') THEN
    PERFORM partners_refuse('there is nothing to end', 'ending_of_signed_agreement');
  END IF;
  IF p_new.document_sha256 <> partners_document_sha256(p_new.document) THEN
    PERFORM partners_refuse('the hash is not the document''s', 'ending_hash_fits');
  END IF;
  IF (p_new.document->>'ending_id', p_new.document->>'agreement_id', p_new.document->>'kind', p_new.document->>'declared_by',
      (p_new.document->>'declared_at')::timestamptz, (p_new.document->>'ends_at')::timestamptz, p_new.document->>'reason')
     IS DISTINCT FROM
     (p_new.id::text, p_new.agreement_id::text, p_new.kind::text, p_new.declared_by_id::text,
      p_new.declared_at, p_new.ends_at, p_new.reason::text) THEN
    PERFORM partners_refuse('the columns do not say what the document says', 'ending_fits_document');
  END IF;
  SELECT time_zone INTO zone FROM partners_agreement WHERE id = p_new.agreement_id;
  IF p_new.kind = 'notice' THEN
    PERFORM partners_check_notice(p_new);
  ELSIF p_new.kind = 'expiry' THEN
    PERFORM partners_check_expiry(p_new);
  ELSIF p_new.kind = 'mutual' AND p_new.ends_at <> ((p_new.ends_at AT TIME ZONE zone)::date::timestamp AT TIME ZONE zone) THEN
    PERFORM partners_refuse('an ending by consent is over with a day', 'ending_with_a_day');
  END IF;
END $$;

CREATE FUNCTION partners_ending_signed_by_all(p_ending partners_ending, p_purpose text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT NOT EXISTS (
    SELECT FROM partners_agreementparty AS seat WHERE seat.agreement_id = (p_ending).agreement_id AND NOT EXISTS (
      SELECT FROM partners_endingsignature AS signature
      WHERE signature.ending_id = (p_ending).id AND signature.organization_id = seat.organization_id
        AND signature.purpose = p_purpose AND signature.document_sha256 = (p_ending).document_sha256))
$$;

CREATE FUNCTION partners_check_ending_settling(p_old partners_ending, p_new partners_ending) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  acting uuid := partners_acting();
  is_ended boolean;
BEGIN
  SELECT status = 'ended' INTO is_ended FROM partners_agreement WHERE id = p_new.agreement_id;
  IF p_new.settled_at IS NULL OR (CASE
      WHEN p_old.status = 'proposed' AND p_new.status = 'standing'
        THEN NOT is_ended AND partners_ending_signed_by_all(p_new, 'end') AND p_new.settled_at < p_new.ends_at
      WHEN p_old.status = 'proposed' AND p_new.status = 'withdrawn'
        THEN p_new.settled_by_id = acting AND acting = p_new.declared_by_id
      WHEN p_old.status = 'proposed' AND p_new.status = 'declined'
        THEN p_new.settled_by_id = acting AND acting <> p_new.declared_by_id AND p_new.settle_reason <> ''
          AND EXISTS (SELECT FROM partners_agreementparty WHERE agreement_id = p_new.agreement_id AND organization_id = acting)
      WHEN p_old.status = 'proposed' AND p_new.status = 'lapsed' THEN is_ended AND p_new.settled_by_id IS NULL
      WHEN p_old.status = 'standing' AND p_new.status = 'revoked'
        THEN p_new.kind IN ('notice', 'mutual') AND NOT is_ended AND partners_ending_signed_by_all(p_new, 'revoke')
          AND p_new.settled_at < p_new.ends_at
      ELSE false END) IS NOT TRUE THEN
    PERFORM partners_refuse('an ending does not change in this way', 'ending_settled_rightly');
  END IF;
END $$;

CREATE FUNCTION partners_ending_guard() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    PERFORM partners_check_new_ending(NEW);
    RETURN NEW;
  END IF;
  IF (NEW.id, NEW.agreement_id, NEW.kind, NEW.version_id, NEW.declared_by_id, NEW.declared_at, NEW.ends_at, NEW.reason,
      NEW.document, NEW.document_sha256)
     IS DISTINCT FROM
     (OLD.id, OLD.agreement_id, OLD.kind, OLD.version_id, OLD.declared_by_id, OLD.declared_at, OLD.ends_at, OLD.reason,
      OLD.document, OLD.document_sha256)
     OR (NEW.status = OLD.status AND (NEW.settled_at, NEW.settled_by_id, NEW.settle_reason)
         IS DISTINCT FROM (OLD.settled_at, OLD.settled_by_id, OLD.settle_reason)) THEN
    PERFORM partners_refuse('an ending is never rewritten', 'ending_never_rewritten');
  END IF;
  IF NEW.status <> OLD.status THEN
    PERFORM partners_check_ending_settling(OLD, NEW);
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE INSERT OR UPDATE ON partners_ending
  FOR EACH ROW EXECUTE FUNCTION partners_ending_guard();

CREATE FUNCTION partners_ending_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE partners_agreement SET ends_at = partners_standing_end(NEW.agreement_id) WHERE id = NEW.agreement_id;
  RETURN NULL;
END $$;
CREATE TRIGGER z_ends_agreement AFTER INSERT OR UPDATE OF status ON partners_ending
  FOR EACH ROW EXECUTE FUNCTION partners_ending_changed();

CREATE FUNCTION partners_ending_signature_guard() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM partners_ending AS ending
    WHERE ending.id = NEW.ending_id AND ending.document_sha256 = NEW.document_sha256
      AND CASE WHEN NEW.purpose = 'revoke' THEN ending.status = 'standing' AND ending.kind IN ('notice', 'mutual')
               WHEN ending.kind = 'mutual' THEN ending.status = 'proposed'
               ELSE ending.status = 'standing' AND ending.declared_by_id = NEW.organization_id END) THEN
    PERFORM partners_refuse('this ending is not open under this hash', 'signature_fits_ending');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE INSERT ON partners_endingsignature
  FOR EACH ROW EXECUTE FUNCTION partners_ending_signature_guard();

CREATE FUNCTION partners_renewal_guard() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM partners_termsversion AS version JOIN partners_agreement AS agreement ON agreement.id = version.agreement_id
    WHERE version.id = NEW.version_id AND version.status = 'accepted' AND version.at_end = 'renew'
      AND version.signed_until <= NEW.term_from AND (version.effective_to IS NULL OR version.effective_to > NEW.term_from)
      AND (agreement.ends_at IS NULL OR agreement.ends_at > NEW.term_from)) THEN
    PERFORM partners_refuse('this version is not renewed then', 'renewal_of_renewing_version');
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE INSERT ON partners_renewal
  FOR EACH ROW EXECUTE FUNCTION partners_renewal_guard();

-- What happens to an agreement is heard in the scope of each of its parties, whoever caused it: a party may leave the
-- others a message about this very agreement, of a kind that agreements have, and nothing else.
CREATE FUNCTION partners_tell_party(
  p_id uuid, p_agreement uuid, p_party uuid, p_topic text, p_payload jsonb, p_now timestamptz,
  p_deliveries uuid[], p_subscribers text[], p_queues text[])
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  parties uuid[] := partners_agreement_parties(p_agreement);
BEGIN
  IF partners_acting() IS NULL OR NOT ARRAY[partners_acting(), p_party] <@ parties THEN
    RAISE EXCEPTION 'only parties of an agreement tell each other' USING ERRCODE = 'insufficient_privilege';
  END IF;
  IF p_payload->>'agreement_id' IS DISTINCT FROM p_agreement::text OR p_topic NOT IN (
    'partners.AgreementProposed', 'partners.VersionWithdrawn', 'partners.VersionDeclined', 'partners.VersionReplaced',
    'partners.VersionSigned', 'partners.AgreementSigned', 'partners.VersionRenewed', 'partners.NoticeGiven',
    'partners.EndingProposed', 'partners.EndingDeclined', 'partners.EndingWithdrawn', 'partners.EndingAgreed',
    'partners.EndingRevocationAsked', 'partners.EndingRevoked', 'partners.AgreementEnded') THEN
    RAISE EXCEPTION 'parties tell each other of their agreement only' USING ERRCODE = 'insufficient_privilege';
  END IF;
  INSERT INTO kernel_outboxmessage (id, organization_id, topic, payload, created_at)
  VALUES (p_id, p_party, p_topic, p_payload, p_now);
  INSERT INTO kernel_outboxdelivery
    (id, organization_id, message_id, subscriber, queue, state, attempts, hints, next_attempt_at, last_error, done_at)
  SELECT d.id, p_party, p_id, d.subscriber, d.queue, 'pending', 0, 0, clock_timestamp(), '', NULL
  FROM unnest(p_deliveries, p_subscribers, p_queues) AS d (id, subscriber, queue);
END $$;

REVOKE ALL ON FUNCTION
  partners_check_new_version(partners_termsversion), partners_check_settling(partners_termsversion, partners_termsversion),
  partners_version_cut_guard(), partners_standing_end(uuid), partners_check_notice(partners_ending),
  partners_check_expiry(partners_ending), partners_check_new_ending(partners_ending),
  partners_ending_signed_by_all(partners_ending, text), partners_check_ending_settling(partners_ending, partners_ending),
  partners_ending_guard(), partners_ending_changed(), partners_ending_signature_guard(), partners_renewal_guard(),
  partners_tell_party(uuid, uuid, uuid, text, jsonb, timestamptz, uuid[], text[], text[])
FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
  partners_tell_party(uuid, uuid, uuid, text, jsonb, timestamptz, uuid[], text[], text[])
TO {{runtime}}, {{operator}};
