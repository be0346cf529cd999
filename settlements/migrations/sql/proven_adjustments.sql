-- Statements whose every line can be recomputed: each bears a hash of what its adjustments come of, and what was carried
-- into its period. The texts are those of settlements/domain/adjustment_content.py and statement_content.py.

-- The hash (hex) of any event, of one that takes something back too.
CREATE FUNCTION settlements_any_event_sha256(p_accrual uuid) RETURNS text LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT encode(sha256(convert_to(settlements_event_text(a, t.document_sha256,
           CASE WHEN a.original_id IS NULL THEN '-' ELSE settlements_event_sha256(a.original_id) END), 'UTF8')), 'hex')
  FROM settlements_accrual AS a JOIN partners_termsversion AS t ON t.id = a.terms_version_id WHERE a.id = p_accrual
$$;

-- What an adjustment comes of. Its reference comes last, so whatever it holds can't be taken for another line.
CREATE FUNCTION settlements_adjustment_text(p_adjustment settlements_adjustment) RETURNS text
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT concat_ws(E'\n', 'adjustment 1', 'id ' || p_adjustment.id, 'kind ' || p_adjustment.kind, 'party ' || p_adjustment.organization_id,
    'other ' || coalesce(p_adjustment.counterparty_id::text, '-'),
    'about ' || to_char(b.starts_on, 'YYYY-MM-DD') || ' ' || to_char(b.ends_on, 'YYYY-MM-DD'),
    'effective ' || to_char(p_adjustment.effective_on, 'YYYY-MM-DD'), 'currency ' || p_adjustment.currency,
    'amount ' || p_adjustment.amount_minor,
    'terms ' || coalesce((SELECT document_sha256 FROM partners_termsversion WHERE id = p_adjustment.terms_version_id), '-'),
    'event ' || coalesce(settlements_any_event_sha256(p_adjustment.accrual_id), '-'),
    'answers ' || coalesce(p_adjustment.answers_id::text, '-'), 'facts ' || p_adjustment.details::text, 'reference ' || p_adjustment.reference)
  FROM settlements_period AS b WHERE b.id = p_adjustment.about_period_id
$$;

-- The hash (hex) over what the adjustments of a statement come of, in the order of its lines.
CREATE FUNCTION settlements_adjustments_sha256(p_statement uuid) RETURNS text
LANGUAGE sql STABLE SET search_path = public, pg_temp SET work_mem = '64MB' AS $$
  SELECT encode(sha256(coalesce(string_agg(c.digest, ''::bytea ORDER BY c.n), ''::bytea)), 'hex')
  FROM (
    SELECT e.n, sha256(string_agg(e.digest, ''::bytea ORDER BY e.line_number)) AS digest
    FROM (
      SELECT l.line_number, (row_number() OVER (ORDER BY l.line_number) - 1) / 1024 AS n,
             sha256(convert_to(settlements_adjustment_text(a), 'UTF8')) AS digest
      FROM settlements_statementline AS l JOIN settlements_adjustment AS a ON a.id = l.adjustment_id
      WHERE l.statement_id = p_statement AND l.adjustment_id IS NOT NULL
    ) AS e GROUP BY e.n
  ) AS c
$$;

DROP FUNCTION settlements_close_period(uuid, timestamptz, text);
-- As before, with what adjustments come of, and what was carried into the period: p_carried has a text for each party.
CREATE FUNCTION settlements_close_period(p_period uuid, p_now timestamptz, p_engine text, p_carried jsonb) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET work_mem = '64MB' AS $$
DECLARE v_period settlements_period%ROWTYPE; v_parties uuid[]; v_statements uuid[]; v_terms jsonb; v_name text; v_party uuid;
  v_events bigint; v_events_sha256 text; v_chain bigint; v_head text;
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
    RAISE EXCEPTION 'The period has not ended, or an earlier one is open' USING ERRCODE = 'SM008';
  END IF;
  PERFORM ledger_close_period(p_period);
  SELECT array_agg(party ORDER BY party), array_agg(settlements_new_id() ORDER BY party) INTO v_parties, v_statements
    FROM (SELECT unnest(parties) AS party FROM partners_agreement WHERE id = v_period.agreement_id) AS p;
  PERFORM settlements_write_lines(p_period, v_parties, v_statements);
  SELECT coalesce(jsonb_agg(jsonb_build_object('number', t.number, 'sha256', t.document_sha256, 'remainder',
                     coalesce(t.document -> 'terms' -> 'rounding' ->> 'remainder', t.document -> 'terms' ->> 'remainder'))
                   ORDER BY t.number), '[]') INTO v_terms
    FROM partners_termsversion AS t
    WHERE t.id IN (SELECT terms_version_id FROM settlements_accrual WHERE period_id = p_period
                   UNION SELECT terms_version_id FROM settlements_adjustment WHERE period_id = p_period);
  SELECT e.events, e.root INTO v_events, v_events_sha256 FROM settlements_events_of(p_period) AS e;
  SELECT s.number, s.head INTO v_chain, v_head FROM ledger_period AS l JOIN ledger_seal AS s ON s.book_id = l.book_id
    WHERE l.id = p_period ORDER BY s.number DESC LIMIT 1;
  v_chain := coalesce(v_chain, 0);
  v_name := 'ST-' || to_char(v_period.starts_on, CASE
      WHEN extract(day FROM v_period.starts_on) = 1 AND v_period.ends_on = v_period.starts_on + INTERVAL '1 month' THEN 'YYYY-MM'
      ELSE 'YYYY-MM-DD' END) || '-' || upper(right(v_period.agreement_id::text, 10)) || '-';
  WITH party AS MATERIALIZED (
    SELECT u.statement, u.organization, (
        SELECT max(line_number) FROM settlements_statementline WHERE statement_id = u.statement) AS line_count
    FROM unnest(v_statements, v_parties) AS u (statement, organization)
  ), total AS MATERIALIZED (
    SELECT p.statement, p.organization, encode(sha256(coalesce(string_agg(c.digest, ''::bytea ORDER BY g.n), ''::bytea)), 'hex') AS root,
           coalesce(sum(c.lines), 0)::bigint AS lines, coalesce(sum(c.orders), 0)::bigint AS orders,
           coalesce(sum(c.refunds), 0)::bigint AS refunds, coalesce(sum(c.base), 0)::bigint AS base,
           coalesce(sum(c.current_share), 0)::bigint AS current_share, coalesce(sum(c.prior_share), 0)::bigint AS prior_share,
           coalesce(sum(c.adjustments), 0)::bigint AS adjustments
    FROM party AS p LEFT JOIN LATERAL generate_series(0, p.line_count - 1, 1024) AS g (n) ON true
    LEFT JOIN LATERAL settlements_chunk_of_lines(p.statement, g.n) AS c ON g.n IS NOT NULL
    GROUP BY p.statement, p.organization
  ), draft AS MATERIALIZED (
    SELECT t.*, b.id AS before, coalesce(b.closing_minor, 0) AS opening, coalesce(b.content_sha256, '-') AS before_sha256,
           coalesce(m.paid, 0) AS paid, coalesce(m.withheld, 0) AS withheld,
           coalesce(b.closing_minor, 0) + t.current_share + t.prior_share + t.adjustments
             - coalesce(m.withheld, 0) - coalesce(m.paid, 0) AS closing,
           settlements_adjustments_sha256(t.statement) AS adjusted, coalesce(p_carried ->> t.organization::text, '') AS carried,
           v_name || coalesce((SELECT s.rank FROM partners_agreementparty AS s
                               WHERE s.agreement_id = v_period.agreement_id AND s.organization_id = t.organization) + 1, 0) AS number
    FROM total AS t LEFT JOIN LATERAL (
      SELECT s.id, s.closing_minor, s.content_sha256 FROM settlements_statement AS s
      WHERE s.agreement_id = v_period.agreement_id AND s.organization_id = t.organization AND s.starts_on < v_period.starts_on
      ORDER BY s.starts_on DESC LIMIT 1
    ) AS b ON true
    LEFT JOIN settlements_movements(p_period) AS m ON m.organization_id = t.organization
    WHERE t.lines > 0 OR b.closing_minor <> 0 OR m.paid <> 0 OR m.withheld <> 0
  )
  INSERT INTO settlements_statement (id, host_id, alliance_id, agreement_id, period_id, organization_id, previous_id, number,
      starts_on, ends_on, time_zone, currency, order_count, refund_count, line_count, base_minor, opening_minor, current_minor,
      prior_minor, adjustments_minor, withheld_minor, paid_minor, closing_minor, terms, content_version, engine_version, lines_root,
      event_count, events_sha256, adjustments_sha256, carried, chain_number, chain_head, content_sha256, closed_at, closed_xid, parties)
    SELECT d.statement, v_period.host_id, v_period.alliance_id, v_period.agreement_id, p_period, d.organization, d.before, d.number,
           v_period.starts_on, v_period.ends_on, v_period.time_zone, v_period.currency, d.orders, d.refunds, d.lines, d.base,
           d.opening, d.current_share, d.prior_share, d.adjustments, d.withheld, d.paid, d.closing, v_terms, 4, p_engine, d.root,
           v_events, v_events_sha256, d.adjusted, d.carried, v_chain, coalesce(v_head, ''),
           encode(sha256(convert_to(concat_ws(E'\n', 'statement 4', 'number ' || d.number, 'organization ' || d.organization,
             'agreement ' || v_period.agreement_id,
             'period ' || to_char(v_period.starts_on, 'YYYY-MM-DD') || ' ' || to_char(v_period.ends_on, 'YYYY-MM-DD') || ' ' || v_period.time_zone,
             'currency ' || v_period.currency, 'opening ' || d.opening, 'current ' || d.current_share, 'prior ' || d.prior_share,
             'adjustments ' || d.adjustments, 'withheld ' || d.withheld, 'paid ' || d.paid,
             'closing ' || d.closing, 'base ' || d.base, 'orders ' || d.orders,
             'refunds ' || d.refunds, 'lines ' || d.lines,
             (SELECT string_agg('terms ' || (t ->> 'number') || ' ' || (t ->> 'sha256') || ' ' || (t ->> 'remainder'), E'\n' ORDER BY n)
              FROM jsonb_array_elements(v_terms) WITH ORDINALITY AS j (t, n)),
             'engine ' || p_engine, 'events ' || v_events || ' ' || v_events_sha256, 'adjusted ' || d.adjusted,
             'carried ' || coalesce(nullif(d.carried, ''), '-'), 'root ' || d.root,
             'chain ' || v_chain || ' ' || coalesce(v_head, '-'), 'previous ' || d.before_sha256), 'UTF8')), 'hex'),
           p_now, pg_current_xact_id(),
           CASE WHEN d.organization = v_period.host_id THEN ARRAY[d.organization] ELSE ARRAY[d.organization, v_period.host_id] END
    FROM draft AS d;
  SELECT coalesce(s.organization_id, m.organization_id) INTO v_party
    FROM (SELECT * FROM settlements_statement WHERE period_id = p_period AND organization_id <> v_period.host_id) AS s
    FULL JOIN settlements_movements(p_period) AS m USING (organization_id)
    WHERE coalesce(s.closing_minor - s.opening_minor, 0) <> coalesce(m.moved, 0) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'The statement of % does not come to what moved on its accounts', v_party USING ERRCODE = 'SM011';
  END IF;
  UPDATE settlements_period SET status = 'closed', closed_at = p_now WHERE id = p_period;
  RETURN (SELECT count(*) FROM settlements_statement WHERE period_id = p_period);
END $$;

-- The contents of a statement's journals. One that names a partner beside host and party shows its digest alone, unless it is the
-- share of a conversion, which terms and events tell every party anyway, or an adjustment, which both its parties have.
CREATE OR REPLACE FUNCTION settlements_proof_journals(p_statement uuid) RETURNS TABLE (
  number bigint, id uuid, key text, kind text, effective_on date, occurred_at timestamptz, posted_at timestamptz, reverses_id uuid,
  fingerprint bytea, digest bytea, is_open boolean, entries text[]
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET work_mem = '64MB' AS $$
  SELECT f.number, j.id, j.key, j.kind, j.effective_on, j.occurred_at, j.posted_at, j.reverses_id, j.fingerprint, m.digest,
         j.kind LIKE 'accrual%' OR j.kind = 'adjustment' OR e.of_both, e.entries
  FROM settlements_statement AS s CROSS JOIN settlements_journals_of(s.id) AS f
  JOIN ledger_journal AS j ON j.id = f.journal_id JOIN ledger_sealedjournal AS m ON m.journal_id = j.id
  CROSS JOIN LATERAL (
    SELECT bool_and(a.organization_id IN (s.organization_id, s.host_id)) AS of_both,
           array_agg(concat_ws(' ', e.line, e.account_id, a.organization_id, a.kind, e.currency, e.amount_minor) ORDER BY e.line) AS entries
    FROM ledger_entry AS e JOIN ledger_account AS a ON a.id = e.account_id WHERE e.journal_id = j.id) AS e
  WHERE s.id = p_statement AND settlements_may_see_proof(p_statement)
  ORDER BY f.number
$$;

REVOKE ALL ON FUNCTION settlements_any_event_sha256(uuid), settlements_adjustment_text(settlements_adjustment),
  settlements_adjustments_sha256(uuid), settlements_close_period(uuid, timestamptz, text, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION settlements_close_period(uuid, timestamptz, text, jsonb) TO {{runtime}}, {{operator}};
