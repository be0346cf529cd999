-- Accruals, periods and statements: what the database itself holds true.
--
-- Accruals and shares are written by settlements_record_accruals() alone and never change. A period closes once, through
-- settlements_close_period() alone, which writes the statements in the same breath. Every guard runs once for a
-- statement, not for a row, and is ENABLE ALWAYS, so that session_replication_role does not switch it off.
--
-- SQLSTATEs of the class SM:
--   SM001 never changes       SM002 the period is not open or not this accrual's   SM003 not a conversion to accrue
--   SM004 terms not in force  SM005 shares don't add up                            SM006 sealed
--   SM007 not the host        SM008 the period can't close now                     SM009 not a month of the agreement

-- Nothing here is rewritten ----------------------------------------------------------------------
CREATE FUNCTION settlements_refuse() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  RAISE EXCEPTION '% on % is refused: this is never changed', TG_OP, TG_TABLE_NAME USING ERRCODE = 'SM001';
END $$;

-- Only within a function of the owner, called by somebody else.
CREATE FUNCTION settlements_period_closes_once() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF current_user <> session_user AND OLD.status = 'open' AND NEW.status = 'closed'
     AND to_jsonb(NEW) - '{status,closed_at,parties}'::text[] = to_jsonb(OLD) - '{status,closed_at,parties}'::text[] THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'A period only closes, once, with its statements' USING ERRCODE = 'SM001';
END $$;

CREATE FUNCTION settlements_suspense_released_once() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF OLD.released_at IS NULL AND NEW.released_at IS NOT NULL
     AND to_jsonb(NEW) - 'released_at' = to_jsonb(OLD) - 'released_at' THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'A conversion in suspense is only released, once' USING ERRCODE = 'SM001';
END $$;

DO $$
DECLARE v_table text; v_verbs text;
BEGIN
  FOR v_table, v_verbs IN VALUES
    ('settlements_period', 'DELETE'), ('settlements_suspenseitem', 'DELETE'), ('settlements_accrual', 'UPDATE OR DELETE'),
    ('settlements_accrualshare', 'UPDATE OR DELETE'), ('settlements_statement', 'UPDATE OR DELETE'),
    ('settlements_statementline', 'UPDATE OR DELETE')
  LOOP
    EXECUTE format('CREATE TRIGGER unchanging BEFORE %s ON %I FOR EACH ROW EXECUTE FUNCTION settlements_refuse()', v_verbs, v_table);
    EXECUTE format('CREATE TRIGGER unchanging_truncate BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION settlements_refuse()', v_table);
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER unchanging', v_table);
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER unchanging_truncate', v_table);
  END LOOP;
END $$;
CREATE TRIGGER closes_once BEFORE UPDATE ON settlements_period FOR EACH ROW EXECUTE FUNCTION settlements_period_closes_once();
ALTER TABLE settlements_period ENABLE ALWAYS TRIGGER closes_once;
CREATE TRIGGER released_once BEFORE UPDATE ON settlements_suspenseitem
  FOR EACH ROW EXECUTE FUNCTION settlements_suspense_released_once();
ALTER TABLE settlements_suspenseitem ENABLE ALWAYS TRIGGER released_once;

-- Periods ----------------------------------------------------------------------------------------
-- A lock for each agreement, so that no month is opened behind one that is just closing.
CREATE FUNCTION settlements_lock_calendar(p_agreement uuid) RETURNS void
LANGUAGE sql SET search_path = public, pg_temp AS $$
  SELECT pg_advisory_xact_lock(hashtextextended('settlements.calendar ' || p_agreement::text, 0))
$$;

CREATE FUNCTION settlements_period_opened() RETURNS trigger
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
      AND l.starts_on = date_trunc('month', l.starts_on)::date AND l.ends_on = (l.starts_on + INTERVAL '1 month')::date
      AND NEW.starts_at = NEW.starts_on::timestamp AT TIME ZONE NEW.time_zone
      AND NEW.ends_at = NEW.ends_on::timestamp AT TIME ZONE NEW.time_zone AND NEW.status = 'open';
  IF NOT FOUND THEN
    RAISE EXCEPTION 'This is not a month of the agreement' USING ERRCODE = 'SM009';
  END IF;
  IF EXISTS (SELECT FROM settlements_period
             WHERE agreement_id = NEW.agreement_id AND status = 'closed' AND starts_on > NEW.starts_on) THEN
    RAISE EXCEPTION 'A later month of the agreement is closed' USING ERRCODE = 'SM002';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER b_opened BEFORE INSERT ON settlements_period FOR EACH ROW EXECUTE FUNCTION settlements_period_opened();
ALTER TABLE settlements_period ENABLE ALWAYS TRIGGER b_opened;

-- Accruals ---------------------------------------------------------------------------------------
-- Accruals and shares come in one statement, so this sees both. It holds every period FOR SHARE until the end of the
-- database transaction; a close takes its own FOR UPDATE: so each accrual is on the statements or finds the period closed.
CREATE FUNCTION settlements_accruals_added() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE v_accrual uuid;
BEGIN
  WITH taken AS MATERIALIZED (
    SELECT p.* FROM settlements_period AS p
    WHERE p.id IN (SELECT DISTINCT period_id FROM added) AND p.status = 'open' ORDER BY p.id FOR SHARE OF p
  )
  SELECT a.id INTO v_accrual FROM added AS a LEFT JOIN taken AS p
      ON p.id = a.period_id AND p.agreement_id = a.agreement_id AND p.host_id = a.host_id AND p.alliance_id = a.alliance_id
     AND p.currency = a.currency AND a.effective_on >= p.starts_on AND a.effective_on < p.ends_on
     AND (a.section = 'prior') = (a.occurred_at < p.starts_at)
    WHERE p.id IS NULL LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'The period of accrual % is not open, or not its own', v_accrual USING ERRCODE = 'SM002';
  END IF;
  SELECT a.id INTO v_accrual FROM added AS a WHERE (
      SELECT t.agreement_id = a.agreement_id AND t.status = 'accepted' AND t.effective_from <= a.occurred_at
         AND (t.effective_to IS NULL OR a.occurred_at < t.effective_to)
      FROM partners_termsversion AS t WHERE t.id = a.terms_version_id) IS NOT TRUE
    LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'The terms of accrual % were not in force', v_accrual USING ERRCODE = 'SM004';
  END IF;
  SELECT a.id INTO v_accrual FROM added AS a
    WHERE a.accrued_xid <> pg_current_xact_id() OR a.base_minor - a.unassigned_minor IS DISTINCT FROM (
      SELECT sum(s.share_minor) FROM settlements_accrualshare AS s WHERE s.accrual_id = a.id) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'The shares of accrual % do not add up', v_accrual USING ERRCODE = 'SM005';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER guard AFTER INSERT ON settlements_accrual REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION settlements_accruals_added();
ALTER TABLE settlements_accrual ENABLE ALWAYS TRIGGER guard;

-- Shares come with their accrual, and none after.
CREATE FUNCTION settlements_shares_added() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE v_accrual uuid;
BEGIN
  -- A scalar subquery, not a join: the planner can't turn it into reading the table.
  SELECT s.accrual_id INTO v_accrual FROM added AS s WHERE (
      SELECT a.accrued_xid = pg_current_xact_id() AND a.host_id = s.host_id AND a.effective_on = s.effective_on
         AND a.currency = s.currency AND s.organization_id = ANY (a.parties)
      FROM settlements_accrual AS a WHERE a.id = s.accrual_id) IS NOT TRUE
    LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'Accrual % is sealed, or this share is not its own', v_accrual USING ERRCODE = 'SM006';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER guard AFTER INSERT ON settlements_accrualshare REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION settlements_shares_added();
ALTER TABLE settlements_accrualshare ENABLE ALWAYS TRIGGER guard;

-- Writes accruals with their shares in one statement; returns the conversions that had none before. What the
-- conversion says is taken from it, not from the caller. Conversion n owns the shares whose p_places say n; the
-- explanations come one on a line. A conversion that another transaction accrues just now is waited for. The rows are
-- few and the tables long: each look-up goes by its key (LATERAL … LIMIT 1), never by reading a table whole.
CREATE FUNCTION settlements_record_accruals(
  p_host uuid, p_now timestamptz, p_ids uuid[], p_conversions uuid[], p_periods uuid[], p_versions uuid[],
  p_effective_on date[], p_unassigned bigint[], p_explanations text, p_places int[], p_organizations uuid[], p_shares bigint[]
) RETURNS SETOF uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM ledger_require_host(p_host);
  IF (SELECT count(*) FROM campaigns_conversion
      WHERE id = ANY (p_conversions) AND host_id = p_host AND agreement_id IS NOT NULL) <> cardinality(p_conversions) THEN
    RAISE EXCEPTION 'A conversion is not the host''s own, or has no agreement' USING ERRCODE = 'SM003';
  END IF;
  RETURN QUERY WITH fresh AS (
    INSERT INTO settlements_accrual (id, host_id, alliance_id, agreement_id, period_id, conversion_id, terms_version_id, section,
        kind, reference, occurred_at, effective_on, currency, base_minor, unassigned_minor, explanation, accrued_at, accrued_xid, parties)
      SELECT d.id, c.host_id, c.alliance_id, c.agreement_id, d.period, c.id, d.version,
             CASE WHEN c.occurred_at < g.starts_at THEN 'prior' ELSE 'current' END, c.kind, c.reference, c.occurred_at,
             d.effective_on, c.currency, c.amount_minor, d.unassigned, d.explanation::jsonb, p_now, pg_current_xact_id(), g.parties
      FROM unnest(p_ids, p_conversions, p_periods, p_versions, p_effective_on, p_unassigned, string_to_array(p_explanations, E'\n'))
        AS d (id, conversion, period, version, effective_on, unassigned, explanation)
      CROSS JOIN LATERAL (SELECT * FROM campaigns_conversion WHERE id = d.conversion LIMIT 1) AS c
      CROSS JOIN LATERAL (
        SELECT a.parties, p.starts_at FROM partners_agreement AS a, settlements_period AS p
        WHERE a.id = c.agreement_id AND p.id = d.period LIMIT 1) AS g
      ORDER BY d.conversion
      ON CONFLICT (conversion_id) DO NOTHING RETURNING id, conversion_id, host_id, effective_on, currency
  ), shared AS (
    INSERT INTO settlements_accrualshare (id, accrual_id, organization_id, host_id, effective_on, currency, share_minor, parties)
      SELECT encode(set_byte(uuid_send(f.id), 15, (get_byte(uuid_send(f.id), 15) + s.nth::int) % 256), 'hex')::uuid,
             f.id, s.organization, p_host, f.effective_on, f.currency, s.share, ARRAY[s.organization, p_host]
      FROM unnest(p_places, p_organizations, p_shares) WITH ORDINALITY AS s (place, organization, share, nth)
      JOIN fresh AS f ON f.id = p_ids[s.place]
  )
  SELECT f.conversion_id FROM fresh AS f;
END $$;

-- Statements -------------------------------------------------------------------------------------
-- The lines come before their statement, because it carries their hash; once it stands none can follow.
CREATE FUNCTION settlements_lines_added() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM settlements_statement WHERE id IN (SELECT DISTINCT statement_id FROM added)) THEN
    RAISE EXCEPTION 'The statement is sealed' USING ERRCODE = 'SM006';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER sealed AFTER INSERT ON settlements_statementline REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION settlements_lines_added();
ALTER TABLE settlements_statementline ENABLE ALWAYS TRIGGER sealed;

CREATE FUNCTION settlements_new_id() RETURNS uuid LANGUAGE sql VOLATILE SET search_path = public, pg_temp AS $$
  SELECT encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid()) PLACING
    substring(int8send(floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3) FROM 1 FOR 6), 52, 1), 53, 1), 'hex')::uuid
$$;

-- The hash of up to 1,024 lines; the text of a line is that of settlements/domain/statement_content.py.
CREATE FUNCTION settlements_chunk_of_lines(p_statement uuid, p_after int) RETURNS TABLE (
  digest bytea, lines bigint, orders bigint, refunds bigint, base numeric, current_share numeric, prior_share numeric
) LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT sha256(string_agg(sha256(convert_to(concat_ws(E'\t', l.line_number, l.section, l.kind,
           to_char(l.occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), to_char(l.effective_on, 'YYYY-MM-DD'),
           l.terms_number, l.currency, l.base_minor, l.share_minor, l.reference), 'UTF8')), ''::bytea ORDER BY l.line_number)),
         count(*), count(*) FILTER (WHERE l.kind <> 'refund'), count(*) FILTER (WHERE l.kind = 'refund'), sum(l.base_minor),
         coalesce(sum(l.share_minor) FILTER (WHERE l.section = 'current'), 0),
         coalesce(sum(l.share_minor) FILTER (WHERE l.section = 'prior'), 0)
  FROM settlements_statementline AS l
  WHERE l.statement_id = p_statement AND l.line_number > p_after AND l.line_number <= p_after + 1024
$$;

-- Closes one period: its lines, its statements, its ledger period. Returns how many statements there are; a period
-- that was closed before answers the same and changes nothing.
CREATE FUNCTION settlements_close_period(p_period uuid, p_now timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET work_mem = '64MB' AS $$
DECLARE v_period settlements_period%ROWTYPE; v_parties uuid[]; v_statements uuid[]; v_terms jsonb;
BEGIN
  SELECT * INTO v_period FROM settlements_period WHERE id = p_period;
  IF v_period.id IS NULL THEN
    RAISE EXCEPTION 'There is no such period' USING ERRCODE = 'SM007';
  END IF;
  PERFORM ledger_require_host(v_period.host_id);
  PERFORM settlements_lock_calendar(v_period.agreement_id);
  SELECT * INTO v_period FROM settlements_period WHERE id = p_period FOR UPDATE;
  IF v_period.status = 'closed' THEN
    RETURN (SELECT count(*) FROM settlements_statement WHERE period_id = p_period);
  END IF;
  IF p_now < v_period.ends_at OR EXISTS (
    SELECT FROM settlements_period
    WHERE agreement_id = v_period.agreement_id AND starts_on < v_period.starts_on AND status = 'open'
  ) THEN
    RAISE EXCEPTION 'The month has not ended, or an earlier one is open' USING ERRCODE = 'SM008';
  END IF;
  PERFORM ledger_close_period(p_period);
  SELECT array_agg(party ORDER BY party), array_agg(settlements_new_id() ORDER BY party) INTO v_parties, v_statements
    FROM (SELECT unnest(parties) AS party FROM partners_agreement WHERE id = v_period.agreement_id) AS p;
  INSERT INTO settlements_statementline (statement_id, line_number, accrual_id, organization_id, section, kind, reference,
      occurred_at, effective_on, terms_number, currency, base_minor, share_minor, parties)
    SELECT v_statements[array_position(v_parties, s.organization_id)],
           row_number() OVER (PARTITION BY s.organization_id ORDER BY a.section COLLATE "C", a.occurred_at, a.reference COLLATE "C", a.id),
           a.id, s.organization_id, a.section, a.kind, a.reference, a.occurred_at, a.effective_on, t.number, a.currency,
           a.base_minor, s.share_minor, s.parties
    FROM settlements_accrual AS a
    JOIN settlements_accrualshare AS s ON s.accrual_id = a.id
    JOIN partners_termsversion AS t ON t.id = a.terms_version_id
    WHERE a.period_id = p_period;
  SELECT jsonb_agg(jsonb_build_object('number', t.number, 'sha256', t.document_sha256, 'remainder', t.document -> 'terms' ->> 'remainder')
                   ORDER BY t.number) INTO v_terms
    FROM partners_termsversion AS t
    WHERE t.id IN (SELECT terms_version_id FROM settlements_accrual WHERE period_id = p_period);
  WITH party AS MATERIALIZED (
    SELECT u.statement, u.organization, (
        SELECT max(line_number) FROM settlements_statementline WHERE statement_id = u.statement) AS line_count
    FROM unnest(v_statements, v_parties) AS u (statement, organization)
  ), total AS MATERIALIZED (
    SELECT p.statement, p.organization, encode(sha256(string_agg(c.digest, ''::bytea ORDER BY g.n)), 'hex') AS root,
           sum(c.lines)::bigint AS lines, sum(c.orders)::bigint AS orders, sum(c.refunds)::bigint AS refunds,
           sum(c.base)::bigint AS base, sum(c.current_share)::bigint AS current_share, sum(c.prior_share)::bigint AS prior_share
    FROM party AS p CROSS JOIN LATERAL generate_series(0, p.line_count - 1, 1024) AS g (n)
    CROSS JOIN LATERAL settlements_chunk_of_lines(p.statement, g.n) AS c
    WHERE p.line_count > 0 GROUP BY p.statement, p.organization
  ), draft AS MATERIALIZED (
    SELECT t.*, b.id AS before, coalesce(b.closing_minor, 0) AS opening, coalesce(b.content_sha256, '-') AS before_sha256,
           'ST-' || to_char(v_period.starts_on, 'YYYY-MM') || '-' || upper(right(v_period.agreement_id::text, 10)) || '-'
             || coalesce((SELECT s.rank FROM partners_agreementparty AS s
                          WHERE s.agreement_id = v_period.agreement_id AND s.organization_id = t.organization) + 1, 0) AS number
    FROM total AS t LEFT JOIN LATERAL (
      SELECT s.id, s.closing_minor, s.content_sha256 FROM settlements_statement AS s
      WHERE s.agreement_id = v_period.agreement_id AND s.organization_id = t.organization AND s.starts_on < v_period.starts_on
      ORDER BY s.starts_on DESC LIMIT 1
    ) AS b ON true
  )
  INSERT INTO settlements_statement (id, host_id, alliance_id, agreement_id, period_id, organization_id, previous_id, number,
      starts_on, ends_on, time_zone, currency, order_count, refund_count, line_count, base_minor, opening_minor, current_minor,
      prior_minor, closing_minor, terms, lines_root, content_sha256, closed_at, closed_xid, parties)
    SELECT d.statement, v_period.host_id, v_period.alliance_id, v_period.agreement_id, p_period, d.organization, d.before, d.number,
           v_period.starts_on, v_period.ends_on, v_period.time_zone, v_period.currency, d.orders, d.refunds, d.lines, d.base,
           d.opening, d.current_share, d.prior_share, d.opening + d.current_share + d.prior_share, v_terms, d.root,
           encode(sha256(convert_to(concat_ws(E'\n', 'statement 1', 'number ' || d.number, 'organization ' || d.organization,
             'agreement ' || v_period.agreement_id,
             'period ' || to_char(v_period.starts_on, 'YYYY-MM-DD') || ' ' || to_char(v_period.ends_on, 'YYYY-MM-DD') || ' ' || v_period.time_zone,
             'currency ' || v_period.currency, 'opening ' || d.opening, 'current ' || d.current_share, 'prior ' || d.prior_share,
             'closing ' || d.opening + d.current_share + d.prior_share, 'base ' || d.base, 'orders ' || d.orders,
             'refunds ' || d.refunds, 'lines ' || d.lines,
             (SELECT string_agg('terms ' || (t ->> 'number') || ' ' || (t ->> 'sha256') || ' ' || (t ->> 'remainder'), E'\n' ORDER BY n)
              FROM jsonb_array_elements(v_terms) WITH ORDINALITY AS j (t, n)),
             'root ' || d.root, 'previous ' || d.before_sha256), 'UTF8')), 'hex'),
           p_now, pg_current_xact_id(),
           CASE WHEN d.organization = v_period.host_id THEN ARRAY[d.organization] ELSE ARRAY[d.organization, v_period.host_id] END
    FROM draft AS d;
  UPDATE settlements_period SET status = 'closed', closed_at = p_now WHERE id = p_period;
  RETURN (SELECT count(*) FROM settlements_statement WHERE period_id = p_period);
END $$;

REVOKE ALL ON FUNCTION
  settlements_refuse(), settlements_period_closes_once(), settlements_suspense_released_once(), settlements_lock_calendar(uuid),
  settlements_period_opened(), settlements_accruals_added(), settlements_shares_added(), settlements_lines_added(),
  settlements_record_accruals(uuid, timestamptz, uuid[], uuid[], uuid[], uuid[], date[], bigint[], text, int[], uuid[], bigint[]),
  settlements_new_id(), settlements_chunk_of_lines(uuid, int), settlements_close_period(uuid, timestamptz)
FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
  settlements_record_accruals(uuid, timestamptz, uuid[], uuid[], uuid[], uuid[], date[], bigint[], text, int[], uuid[], bigint[]),
  settlements_lock_calendar(uuid), settlements_close_period(uuid, timestamptz)
TO {{runtime}}, {{operator}};
