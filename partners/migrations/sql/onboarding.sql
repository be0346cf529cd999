-- Applications of companies: who moves them where, what stays as it was, and the few questions and acts that reach from
-- one organization to another.

CREATE FUNCTION partners_current_organization() RETURNS uuid
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT nullif(current_setting('app.organization', true), '')::uuid
$$;

-- The table of ways is that of partners/onboarding/domain/lifecycle.py. The applicant owns the answers and changes them
-- while the application is open to it; the host owns the decision and nothing else.
CREATE FUNCTION partners_application_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  is_applicant boolean := coalesce(partners_current_organization() = NEW.organization_id, false);
  is_host boolean := coalesce(partners_current_organization() = NEW.host_id, false) AND NOT is_applicant;
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NOT is_applicant OR NEW.status <> 'draft' OR NEW.submitted_at IS NOT NULL THEN
      RAISE EXCEPTION 'an application begins as the draft of its organization' USING ERRCODE = 'check_violation', CONSTRAINT = 'application_begins_as_draft';
    END IF;
    RETURN NEW;
  END IF;
  IF (NEW.id, NEW.organization_id, NEW.alliance_id, NEW.host_id, NEW.alliance_name, NEW.host_name, NEW.created_at)
     IS DISTINCT FROM (OLD.id, OLD.organization_id, OLD.alliance_id, OLD.host_id, OLD.alliance_name, OLD.host_name, OLD.created_at) THEN
    RAISE EXCEPTION 'an application keeps its frame' USING ERRCODE = 'check_violation', CONSTRAINT = 'application_keeps_frame';
  END IF;
  IF (NEW.name, NEW.country, NEW.industry, NEW.company, NEW.audience, NEW.contacts, NEW.bank_account_id, NEW.bank_details, NEW.tax_keys,
      NEW.web_domain, NEW.applicant_email, NEW.submitted_at, NEW.last_submitted_at)
     IS DISTINCT FROM
     (OLD.name, OLD.country, OLD.industry, OLD.company, OLD.audience, OLD.contacts, OLD.bank_account_id, OLD.bank_details, OLD.tax_keys,
      OLD.web_domain, OLD.applicant_email, OLD.submitted_at, OLD.last_submitted_at)
     AND NOT (is_applicant AND OLD.status IN ('draft', 'changes_requested')) THEN
    RAISE EXCEPTION 'the answers are the applicant''s, while the application is open to it' USING ERRCODE = 'check_violation', CONSTRAINT = 'application_answers_guarded';
  END IF;
  IF NEW.submitted_at IS DISTINCT FROM OLD.submitted_at AND (OLD.submitted_at IS NOT NULL OR NEW.status <> 'submitted') THEN
    RAISE EXCEPTION 'an application is first submitted once' USING ERRCODE = 'check_violation', CONSTRAINT = 'application_first_submitted_once';
  END IF;
  IF (NEW.requested_changes, NEW.decided_at, NEW.reason, NEW.reapply_on)
     IS DISTINCT FROM (OLD.requested_changes, OLD.decided_at, OLD.reason, OLD.reapply_on)
     AND NOT (is_host AND OLD.status IN ('submitted', 'in_review') AND NEW.status <> OLD.status) THEN
    RAISE EXCEPTION 'a decision is the host''s, and made once' USING ERRCODE = 'check_violation', CONSTRAINT = 'application_decision_guarded';
  END IF;
  IF NEW.status = OLD.status THEN
    RETURN NEW;
  END IF;
  IF (is_applicant AND (OLD.status, NEW.status) IN (
        ('draft', 'submitted'), ('changes_requested', 'submitted'),
        ('draft', 'withdrawn'), ('submitted', 'withdrawn'), ('in_review', 'withdrawn'), ('changes_requested', 'withdrawn')))
     OR (is_host AND (OLD.status, NEW.status) IN (
        ('submitted', 'in_review'), ('submitted', 'changes_requested'), ('in_review', 'changes_requested'),
        ('submitted', 'approved'), ('in_review', 'approved'), ('submitted', 'rejected'), ('in_review', 'rejected'))) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'no application goes from % to % by this hand', OLD.status, NEW.status
    USING ERRCODE = 'check_violation', CONSTRAINT = 'application_moves_legally';
END $$;
CREATE TRIGGER guard BEFORE INSERT OR UPDATE ON partners_partnerapplication
  FOR EACH ROW EXECUTE FUNCTION partners_application_guard();

-- Documents come and go while the application is open to its applicant. What a host has seen stays, at most marked.
CREATE FUNCTION partners_document_guard() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF OLD.submitted_at IS NOT NULL THEN
      RAISE EXCEPTION 'a submitted document stays' USING ERRCODE = 'check_violation', CONSTRAINT = 'document_stays';
    END IF;
    RETURN OLD;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    IF (to_jsonb(NEW) - 'parties' - 'submitted_at' - 'removed_at') IS DISTINCT FROM (to_jsonb(OLD) - 'parties' - 'submitted_at' - 'removed_at')
       OR (OLD.submitted_at IS NOT NULL AND NEW.submitted_at IS DISTINCT FROM OLD.submitted_at)
       OR (OLD.removed_at IS NOT NULL AND NEW.removed_at IS DISTINCT FROM OLD.removed_at) THEN
      RAISE EXCEPTION 'a document is not rewritten' USING ERRCODE = 'check_violation', CONSTRAINT = 'document_not_rewritten';
    END IF;
    RETURN NEW;
  END IF;
  IF NEW.submitted_at IS NOT NULL OR NEW.removed_at IS NOT NULL OR NOT EXISTS (
    SELECT FROM partners_partnerapplication WHERE id = NEW.application_id AND status IN ('draft', 'changes_requested')) THEN
    RAISE EXCEPTION 'this application takes no documents now' USING ERRCODE = 'check_violation', CONSTRAINT = 'document_of_open_application';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE INSERT OR UPDATE OR DELETE ON partners_applicationdocument
  FOR EACH ROW EXECUTE FUNCTION partners_document_guard();

-- A visitor's door: the public side of an alliance's application page, by its address or its alliance.
CREATE FUNCTION partners_application_page(p_slug text, p_alliance uuid)
RETURNS TABLE (alliance_id uuid, alliance_name varchar, host_id uuid, host_name varchar, slug varchar, display_name varchar,
               accent_colour varchar, introduction_en text, introduction_zh text, industries varchar[], required_documents varchar[],
               is_open boolean, file_name varchar, file_kind varchar, stored_as varchar)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT p.alliance_id, a.name, o.id, o.name, p.slug, p.display_name, p.accent_colour, p.introduction_en, p.introduction_zh,
         p.industries, p.required_documents, p.is_open AND o.status = 'active', l.file_name, l.file_kind, l.stored_as
  FROM partners_applicationpage AS p
  JOIN partners_alliance AS a ON a.id = p.alliance_id
  JOIN partners_organization AS o ON o.id = p.organization_id
  LEFT JOIN partners_applicationpagelogo AS l ON l.page_id = p.id
  WHERE p.slug = p_slug OR p.alliance_id = p_alliance
$$;

-- Other companies that seem to be the same one: they share a tax id, a web domain or a bank account. Drafts that were never
-- submitted do not count. Operators may see which; a host learns only that there are some.
CREATE FUNCTION partners_similar_applicants(p_application uuid)
RETURNS TABLE (kind text, organization_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH mine AS (SELECT * FROM partners_partnerapplication WHERE id = p_application)
  SELECT 'tax_id', other.organization_id FROM mine JOIN partners_partnerapplication AS other ON other.tax_keys && mine.tax_keys
    WHERE other.organization_id <> mine.organization_id AND other.submitted_at IS NOT NULL
  UNION
  SELECT 'web_domain', other.organization_id FROM mine JOIN partners_partnerapplication AS other ON other.web_domain = mine.web_domain
    WHERE other.organization_id <> mine.organization_id AND other.submitted_at IS NOT NULL AND other.web_domain <> ''
  UNION
  SELECT 'bank_account', other.organization_id FROM mine
    JOIN partners_bankaccount AS own ON own.id = mine.bank_account_id
    JOIN partners_bankaccount AS other ON other.fingerprints && own.fingerprints
    JOIN partners_organization AS o ON o.id = other.organization_id
    WHERE other.organization_id <> mine.organization_id AND (o.status <> 'applying' OR EXISTS (
      SELECT FROM partners_partnerapplication AS theirs WHERE theirs.organization_id = o.id AND theirs.submitted_at IS NOT NULL))
$$;

CREATE FUNCTION partners_count_similar_applicants(p_application uuid)
RETURNS TABLE (kind text, companies bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT similar_one.kind, count(*) FROM partners_similar_applicants(p_application) AS similar_one
  WHERE EXISTS (SELECT FROM partners_partnerapplication WHERE id = p_application AND submitted_at IS NOT NULL
                AND host_id = partners_current_organization())
  GROUP BY similar_one.kind
$$;

-- The approval of a host makes an applying organization active.
CREATE FUNCTION partners_activate_applicant(p_application uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_organization uuid;
BEGIN
  SELECT organization_id INTO v_organization FROM partners_partnerapplication
    WHERE id = p_application AND status = 'approved' AND host_id = partners_current_organization();
  IF v_organization IS NULL THEN
    RAISE EXCEPTION 'only the host that approved an application activates its organization' USING ERRCODE = 'insufficient_privilege';
  END IF;
  UPDATE partners_organization SET status = 'active' WHERE id = v_organization AND status = 'applying';
END $$;

-- Applicant and host of a submitted application leave each other messages about onboarding, and nobody else does.
CREATE FUNCTION partners_tell_other_side(
  p_id uuid, p_application uuid, p_topic text, p_payload jsonb, p_now timestamptz, p_deliveries uuid[], p_subscribers text[], p_queues text[])
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_to uuid;
BEGIN
  SELECT CASE partners_current_organization() WHEN organization_id THEN host_id WHEN host_id THEN organization_id END INTO v_to
    FROM partners_partnerapplication WHERE id = p_application AND submitted_at IS NOT NULL;
  IF v_to IS NULL OR p_topic NOT LIKE 'partners.onboarding.%' THEN
    RAISE EXCEPTION 'only the two sides of an application tell each other of it' USING ERRCODE = 'insufficient_privilege';
  END IF;
  INSERT INTO kernel_outboxmessage (id, organization_id, topic, payload, created_at)
  VALUES (p_id, v_to, p_topic, p_payload, p_now);
  INSERT INTO kernel_outboxdelivery
    (id, organization_id, message_id, subscriber, queue, state, attempts, hints, next_attempt_at, last_error, done_at)
  SELECT d.id, v_to, p_id, d.subscriber, d.queue, 'pending', 0, 0, clock_timestamp(), '', NULL
  FROM unnest(p_deliveries, p_subscribers, p_queues) AS d (id, subscriber, queue);
END $$;

REVOKE ALL ON FUNCTION
  partners_current_organization(), partners_application_guard(), partners_document_guard(), partners_application_page(text, uuid),
  partners_similar_applicants(uuid), partners_count_similar_applicants(uuid), partners_activate_applicant(uuid),
  partners_tell_other_side(uuid, uuid, text, jsonb, timestamptz, uuid[], text[], text[])
FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
  partners_current_organization(), partners_application_page(text, uuid), partners_count_similar_applicants(uuid),
  partners_activate_applicant(uuid), partners_tell_other_side(uuid, uuid, text, jsonb, timestamptz, uuid[], text[], text[])
TO {{runtime}}, {{operator}};
GRANT EXECUTE ON FUNCTION partners_similar_applicants(uuid) TO {{operator}};
