-- Statements that anybody can recompute: each bears a hash of everything that happened in its period, and the head of
-- its book's chain. The texts are those of settlements/domain/event_content.py and statement_content.py.

-- What happened, as the evaluation took it. Its reference comes last, so whatever it holds can't be taken for another line.
CREATE FUNCTION settlements_event_text(p_accrual settlements_accrual, p_terms text, p_takes_back text) RETURNS text
LANGUAGE sql STABLE AS $$
  SELECT concat_ws(E'\n', 'event 1', 'accrual ' || p_accrual.id, 'conversion ' || p_accrual.conversion_id, 'kind ' || p_accrual.kind,
    'occurred ' || to_char(p_accrual.occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    'currency ' || p_accrual.currency, 'amount ' || (p_accrual.base_minor + p_accrual.deducted_minor), 'terms ' || p_terms,
    'takes_back ' || p_takes_back, 'facts ' || coalesce((p_accrual.explanation -> 'facts')::text, '-'),
    'reference ' || p_accrual.reference)
$$;

-- The hash (hex) of one event that takes nothing back; a refund's text names that of its order.
CREATE FUNCTION settlements_event_sha256(p_accrual uuid) RETURNS text LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT encode(sha256(convert_to(settlements_event_text(a, t.document_sha256, '-'), 'UTF8')), 'hex')
  FROM settlements_accrual AS a JOIN partners_termsversion AS t ON t.id = a.terms_version_id WHERE a.id = p_accrual
$$;

-- How many events a period has, and the hash that binds them in the order in which they counted.
CREATE FUNCTION settlements_events_of(p_period uuid) RETURNS TABLE (events bigint, root text)
LANGUAGE sql STABLE SET search_path = public, pg_temp SET work_mem = '64MB' AS $$
  SELECT coalesce(sum(c.events), 0)::bigint, encode(sha256(coalesce(string_agg(c.digest, ''::bytea ORDER BY c.n), ''::bytea)), 'hex')
  FROM (
    SELECT e.n, count(*) AS events, sha256(string_agg(e.digest, ''::bytea ORDER BY e.id)) AS digest
    FROM (
      SELECT a.id, (row_number() OVER (ORDER BY a.id) - 1) / 1024 AS n,
             sha256(convert_to(settlements_event_text(a, t.document_sha256,
               CASE WHEN a.original_id IS NULL THEN '-' ELSE settlements_event_sha256(a.original_id) END), 'UTF8')) AS digest
      FROM settlements_accrual AS a JOIN partners_termsversion AS t ON t.id = a.terms_version_id WHERE a.period_id = p_period
    ) AS e GROUP BY e.n
  ) AS c
$$;

-- As before, with events and head.
CREATE OR REPLACE FUNCTION settlements_close_period(p_period uuid, p_now timestamptz, p_engine text) RETURNS bigint
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
      event_count, events_sha256, chain_number, chain_head, content_sha256, closed_at, closed_xid, parties)
    SELECT d.statement, v_period.host_id, v_period.alliance_id, v_period.agreement_id, p_period, d.organization, d.before, d.number,
           v_period.starts_on, v_period.ends_on, v_period.time_zone, v_period.currency, d.orders, d.refunds, d.lines, d.base,
           d.opening, d.current_share, d.prior_share, d.adjustments, d.withheld, d.paid, d.closing, v_terms, 3, p_engine, d.root,
           v_events, v_events_sha256, v_chain, coalesce(v_head, ''),
           encode(sha256(convert_to(concat_ws(E'\n', 'statement 3', 'number ' || d.number, 'organization ' || d.organization,
             'agreement ' || v_period.agreement_id,
             'period ' || to_char(v_period.starts_on, 'YYYY-MM-DD') || ' ' || to_char(v_period.ends_on, 'YYYY-MM-DD') || ' ' || v_period.time_zone,
             'currency ' || v_period.currency, 'opening ' || d.opening, 'current ' || d.current_share, 'prior ' || d.prior_share,
             'adjustments ' || d.adjustments, 'withheld ' || d.withheld, 'paid ' || d.paid,
             'closing ' || d.closing, 'base ' || d.base, 'orders ' || d.orders,
             'refunds ' || d.refunds, 'lines ' || d.lines,
             (SELECT string_agg('terms ' || (t ->> 'number') || ' ' || (t ->> 'sha256') || ' ' || (t ->> 'remainder'), E'\n' ORDER BY n)
              FROM jsonb_array_elements(v_terms) WITH ORDINALITY AS j (t, n)),
             'engine ' || p_engine, 'events ' || v_events || ' ' || v_events_sha256, 'root ' || d.root,
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

REVOKE ALL ON FUNCTION settlements_event_text(settlements_accrual, text, text), settlements_event_sha256(uuid), settlements_events_of(uuid)
FROM PUBLIC;
