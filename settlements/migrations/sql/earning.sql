-- Accruals under any terms: deductions before the base, a day from which the money is available, refunds that keep the
-- terms of the line they take back.
CREATE OR REPLACE FUNCTION settlements_accruals_added() RETURNS trigger
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
    WHERE p.id IS NULL OR a.available_on < a.effective_on LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'The period of accrual % is not open, or not its own', v_accrual USING ERRCODE = 'SM002';
  END IF;
  SELECT a.id INTO v_accrual FROM added AS a WHERE a.original_id IS NULL AND (
      SELECT t.agreement_id = a.agreement_id AND t.status = 'accepted' AND t.effective_from <= a.occurred_at
         AND (t.effective_to IS NULL OR a.occurred_at < t.effective_to OR EXISTS (
           -- an ended version may name an earlier one that binds again until the next begins
           SELECT FROM partners_termsversion AS f WHERE f.fallback_id = t.id AND f.status = 'accepted' AND f.effective_to <= a.occurred_at
             AND NOT EXISTS (SELECT FROM partners_termsversion AS n WHERE n.agreement_id = t.agreement_id AND n.status = 'accepted'
                             AND n.effective_from > f.effective_from AND n.effective_from <= a.occurred_at)))
      FROM partners_termsversion AS t WHERE t.id = a.terms_version_id) IS NOT TRUE
    LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'The terms of accrual % were not in force', v_accrual USING ERRCODE = 'SM004';
  END IF;
  SELECT a.id INTO v_accrual FROM added AS a WHERE a.original_id IS NOT NULL AND (
      SELECT o.agreement_id = a.agreement_id AND o.terms_version_id = a.terms_version_id AND o.currency = a.currency
         AND o.original_id IS NULL
         AND o.base_minor + o.deducted_minor + (
           SELECT coalesce(sum(r.base_minor + r.deducted_minor), 0) FROM settlements_accrual AS r WHERE r.original_id = o.id) >= 0
      FROM settlements_accrual AS o WHERE o.id = a.original_id) IS NOT TRUE
    LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'Accrual % takes back more than was given, or under other terms', v_accrual USING ERRCODE = 'SM010';
  END IF;
  SELECT a.id INTO v_accrual FROM added AS a
    WHERE a.accrued_xid <> pg_current_xact_id() OR a.base_minor - a.unassigned_minor IS DISTINCT FROM (
      SELECT sum(s.share_minor) FROM settlements_accrualshare AS s WHERE s.accrual_id = a.id) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'The shares of accrual % do not add up', v_accrual USING ERRCODE = 'SM005';
  END IF;
  RETURN NULL;
END $$;

DROP FUNCTION settlements_record_accruals(
  uuid, timestamptz, uuid[], uuid[], uuid[], uuid[], date[], bigint[], text, int[], uuid[], bigint[]);

-- Writes accruals with their shares in one statement; returns the conversions that had none before. What the
-- conversion says is taken from it, not from the caller: base and deductions must sum to its amount. Conversion n owns
-- the shares whose p_places say n; the explanations come one on a line. A conversion that another transaction accrues
-- just now is waited for. The rows are few and the tables long: each look-up goes by its key (LATERAL … LIMIT 1), never
-- by reading a table whole.
CREATE FUNCTION settlements_record_accruals(
  p_host uuid, p_now timestamptz, p_ids uuid[], p_conversions uuid[], p_periods uuid[], p_versions uuid[], p_originals uuid[],
  p_effective_on date[], p_available_on date[], p_bases bigint[], p_deducted bigint[], p_unassigned bigint[], p_explanations text,
  p_places int[], p_organizations uuid[], p_shares bigint[]
) RETURNS SETOF uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM ledger_require_host(p_host);
  IF (SELECT count(*) FROM unnest(p_conversions, p_bases, p_deducted) AS d (conversion, base, deducted)
      JOIN campaigns_conversion AS c ON c.id = d.conversion AND c.host_id = p_host AND c.agreement_id IS NOT NULL
       AND c.amount_minor = d.base + d.deducted) <> cardinality(p_conversions) THEN
    RAISE EXCEPTION 'A conversion is not the host''s own, has no agreement, or another amount' USING ERRCODE = 'SM003';
  END IF;
  RETURN QUERY WITH fresh AS (
    INSERT INTO settlements_accrual (id, host_id, alliance_id, agreement_id, period_id, conversion_id, terms_version_id, original_id,
        section, kind, reference, occurred_at, effective_on, available_on, currency, base_minor, deducted_minor, unassigned_minor,
        explanation, accrued_at, accrued_xid, parties)
      SELECT d.id, c.host_id, c.alliance_id, c.agreement_id, d.period, c.id, d.version, d.original,
             CASE WHEN c.occurred_at < g.starts_at THEN 'prior' ELSE 'current' END, c.kind, c.reference, c.occurred_at,
             d.effective_on, d.available_on, c.currency, d.base, d.deducted, d.unassigned, d.explanation::jsonb, p_now,
             pg_current_xact_id(), g.parties
      FROM unnest(p_ids, p_conversions, p_periods, p_versions, p_originals, p_effective_on, p_available_on, p_bases, p_deducted,
                  p_unassigned, string_to_array(p_explanations, E'\n'))
        AS d (id, conversion, period, version, original, effective_on, available_on, base, deducted, unassigned, explanation)
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

-- What each party's pending money becomes available with a period: what was accrued in it without a hold, and what was
-- held until a day between the end of the last closed period and its own end.
CREATE FUNCTION settlements_due(p_period uuid) RETURNS TABLE (organization_id uuid, due_minor bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH period AS (
    SELECT p.*, (SELECT max(b.ends_on) FROM settlements_period AS b
                 WHERE b.agreement_id = p.agreement_id AND b.status = 'closed' AND b.starts_on < p.starts_on) AS last_end
    FROM settlements_period AS p
    WHERE p.id = p_period AND ((SELECT ledger_is_operator())
       OR p.host_id = (SELECT nullif(current_setting('app.organization', true), '')::uuid))
  ), due AS (
    SELECT a.id FROM period AS p JOIN settlements_accrual AS a ON a.period_id = p.id AND a.available_on IS NULL
    UNION ALL
    SELECT a.id FROM period AS p JOIN settlements_accrual AS a ON a.agreement_id = p.agreement_id
      AND a.available_on >= coalesce(p.last_end, '-infinity') AND a.available_on < p.ends_on
  )
  SELECT s.organization_id, sum(s.share_minor)::bigint FROM due AS d
    JOIN settlements_accrualshare AS s ON s.accrual_id = d.id AND s.organization_id <> s.host_id
    GROUP BY s.organization_id
$$;

-- Closes one period: its lines, its statements, its ledger period. Returns how many statements there are; a period
-- that was closed before answers the same and changes nothing.
CREATE OR REPLACE FUNCTION settlements_close_period(p_period uuid, p_now timestamptz) RETURNS bigint
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
  SELECT jsonb_agg(jsonb_build_object('number', t.number, 'sha256', t.document_sha256, 'remainder',
                     coalesce(t.document -> 'terms' -> 'rounding' ->> 'remainder', t.document -> 'terms' ->> 'remainder'))
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

REVOKE ALL ON FUNCTION settlements_due(uuid),
  settlements_record_accruals(uuid, timestamptz, uuid[], uuid[], uuid[], uuid[], uuid[], date[], date[], bigint[], bigint[], bigint[],
                              text, int[], uuid[], bigint[])
FROM PUBLIC;
GRANT EXECUTE ON FUNCTION settlements_due(uuid),
  settlements_record_accruals(uuid, timestamptz, uuid[], uuid[], uuid[], uuid[], uuid[], date[], date[], bigint[], bigint[], bigint[],
                              text, int[], uuid[], bigint[])
TO {{runtime}}, {{operator}};
