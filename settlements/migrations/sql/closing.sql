-- Closing under whole terms: adjustments beside the shares of conversions, what was paid and withheld, and statements that
-- say what their party is owed, held against its accounts.
--
-- More SQLSTATEs of the class SM:  SM011 the statements disagree with the ledger   SM012 not an adjustment of the period

-- Adjustments ------------------------------------------------------------------------------------
CREATE TRIGGER unchanging BEFORE UPDATE OR DELETE ON settlements_adjustment FOR EACH ROW EXECUTE FUNCTION settlements_refuse();
CREATE TRIGGER unchanging_truncate BEFORE TRUNCATE ON settlements_adjustment FOR EACH STATEMENT EXECUTE FUNCTION settlements_refuse();
ALTER TABLE settlements_adjustment ENABLE ALWAYS TRIGGER unchanging;
ALTER TABLE settlements_adjustment ENABLE ALWAYS TRIGGER unchanging_truncate;
CREATE TRIGGER unchanging BEFORE DELETE ON settlements_reserve FOR EACH ROW EXECUTE FUNCTION settlements_refuse();
CREATE TRIGGER unchanging_truncate BEFORE TRUNCATE ON settlements_reserve FOR EACH STATEMENT EXECUTE FUNCTION settlements_refuse();
ALTER TABLE settlements_reserve ENABLE ALWAYS TRIGGER unchanging;
ALTER TABLE settlements_reserve ENABLE ALWAYS TRIGGER unchanging_truncate;

-- Like accruals they hold their period FOR SHARE, so that each is on the statements or finds the period closed.
CREATE FUNCTION settlements_adjustments_added() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE v_adjustment uuid;
BEGIN
  WITH taken AS MATERIALIZED (
    SELECT p.* FROM settlements_period AS p
    WHERE p.id IN (SELECT DISTINCT period_id FROM added) AND p.status = 'open' ORDER BY p.id FOR SHARE OF p
  )
  SELECT a.id INTO v_adjustment FROM added AS a
    LEFT JOIN taken AS p ON p.id = a.period_id AND p.agreement_id = a.agreement_id AND p.host_id = a.host_id
     AND p.alliance_id = a.alliance_id AND p.currency = a.currency AND a.effective_on >= p.starts_on AND a.effective_on < p.ends_on
    LEFT JOIN settlements_period AS m ON m.id = a.about_period_id AND m.agreement_id = a.agreement_id
    LEFT JOIN partners_agreement AS g ON g.id = a.agreement_id AND a.organization_id = ANY (g.parties)
     AND (a.counterparty_id IS NULL OR a.counterparty_id = ANY (g.parties))
    WHERE p.id IS NULL OR m.id IS NULL OR g.id IS NULL
       OR (a.accrual_id IS NOT NULL AND NOT EXISTS (
             SELECT FROM settlements_accrual AS c WHERE c.id = a.accrual_id AND c.agreement_id = a.agreement_id))
    LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'Adjustment % is not one of an open period of its agreement', v_adjustment USING ERRCODE = 'SM012';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER guard AFTER INSERT ON settlements_adjustment REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION settlements_adjustments_added();
ALTER TABLE settlements_adjustment ENABLE ALWAYS TRIGGER guard;

-- Writes adjustments of one period; returns the ids of those whose key was not there yet.
CREATE FUNCTION settlements_record_adjustments(p_host uuid, p_period uuid, p_now timestamptz, p_by text, p_rows jsonb) RETURNS SETOF uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM ledger_require_host(p_host);
  RETURN QUERY INSERT INTO settlements_adjustment (id, host_id, alliance_id, agreement_id, period_id, about_period_id, organization_id,
      counterparty_id, kind, key, reference, reason, details, accrual_id, answers_id, terms_version_id, effective_on, currency,
      amount_minor, recorded_at, recorded_by, parties)
    SELECT r.id, p.host_id, p.alliance_id, p.agreement_id, p.id, coalesce(r.about_period, p.id), r.organization, r.counterparty, r.kind,
           r.key, r.reference, r.reason, r.details, r.accrual, r.answers, r.terms_version, r.effective_on, p.currency, r.amount_minor,
           p_now, p_by, (SELECT array_agg(DISTINCT u) FROM unnest(ARRAY[r.organization, r.counterparty, p.host_id]) AS u WHERE u IS NOT NULL)
    FROM settlements_period AS p, jsonb_to_recordset(p_rows) AS r (
      id uuid, about_period uuid, organization uuid, counterparty uuid, kind text, key text, reference text, reason text, details jsonb,
      accrual uuid, answers uuid, terms_version uuid, effective_on date, amount_minor bigint)
    WHERE p.id = p_period AND p.host_id = p_host ORDER BY r.key
    ON CONFLICT (agreement_id, key) DO NOTHING RETURNING id;
END $$;

-- What a period's conversions earned each party, whenever they came: late ones and refunds count in the period of their order.
CREATE FUNCTION settlements_earned(p_period uuid) RETURNS TABLE (organization_id uuid, earned_minor bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH period AS (
    SELECT p.* FROM settlements_period AS p
    WHERE p.id = p_period AND ((SELECT ledger_is_operator())
       OR p.host_id = (SELECT nullif(current_setting('app.organization', true), '')::uuid))
  ), own AS (
    SELECT a.id FROM period AS p JOIN settlements_accrual AS a
      ON a.period_id = p.id AND a.section = 'current' AND a.original_id IS NULL
    UNION ALL
    SELECT a.id FROM period AS p JOIN settlements_accrual AS a
      ON a.agreement_id = p.agreement_id AND a.section = 'prior' AND a.original_id IS NULL
     AND a.occurred_at >= p.starts_at AND a.occurred_at < p.ends_at
  ), counted AS (
    SELECT id FROM own UNION ALL SELECT r.id FROM own AS o JOIN settlements_accrual AS r ON r.original_id = o.id
  )
  SELECT s.organization_id, sum(s.share_minor)::bigint FROM counted AS c
    JOIN settlements_accrualshare AS s ON s.accrual_id = c.id GROUP BY s.organization_id
$$;

-- The earlier periods in which what came in this one counts.
CREATE FUNCTION settlements_touched(p_period uuid) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT DISTINCT b.id FROM settlements_period AS p
    JOIN settlements_accrual AS a ON a.period_id = p.id AND (a.original_id IS NOT NULL OR a.section = 'prior')
    LEFT JOIN settlements_accrual AS o ON o.id = a.original_id
    JOIN settlements_period AS b ON b.agreement_id = p.agreement_id AND b.id <> p.id
     AND coalesce(o.occurred_at, a.occurred_at) >= b.starts_at AND coalesce(o.occurred_at, a.occurred_at) < b.ends_at
  WHERE p.id = p_period AND ((SELECT ledger_is_operator())
     OR p.host_id = (SELECT nullif(current_setting('app.organization', true), '')::uuid))
$$;

-- What becomes available with a period, apart: what was earned, and what was taken back.
DROP FUNCTION settlements_due(uuid);
CREATE FUNCTION settlements_due(p_period uuid) RETURNS TABLE (organization_id uuid, earned_minor bigint, taken_minor bigint)
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
  SELECT s.organization_id, coalesce(sum(s.share_minor) FILTER (WHERE s.share_minor > 0), 0)::bigint,
         coalesce(sum(s.share_minor) FILTER (WHERE s.share_minor < 0), 0)::bigint
  FROM due AS d JOIN settlements_accrualshare AS s ON s.accrual_id = d.id AND s.organization_id <> s.host_id
  GROUP BY s.organization_id
$$;

-- Statements -------------------------------------------------------------------------------------
-- What moved in a period on the accounts of each partner: all of it, what was paid out, and what was withheld of that.
-- Entries are found by the instant they were posted, after their period was opened: it leads the accounts' index.
CREATE FUNCTION settlements_movements(p_period uuid) RETURNS TABLE (organization_id uuid, moved bigint, paid bigint, withheld bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH entry AS MATERIALIZED (
    SELECT a.organization_id, a.kind, e.journal_id, e.amount_minor
    FROM ledger_period AS l JOIN ledger_account AS a ON a.agreement_id = l.agreement_id AND a.book_id = l.book_id
    JOIN ledger_book AS b ON b.id = l.book_id AND a.organization_id <> b.host_id
    JOIN ledger_entry AS e ON e.account_id = a.id AND e.posted_at >= l.opened_at - INTERVAL '1 day'
     AND e.effective_on >= l.starts_on AND e.effective_on < l.ends_on
    WHERE l.id = p_period AND a.kind IN ('pending', 'available', 'reserve', 'in_transit', 'receivable')
  ), payout AS (
    SELECT e.organization_id, sum(e.amount_minor) AS moved, coalesce((
        SELECT -sum(t.amount_minor) FROM ledger_entry AS t JOIN ledger_account AS a ON a.id = t.account_id
        WHERE t.journal_id = e.journal_id AND a.kind = 'tax'), 0) AS withheld
    FROM entry AS e JOIN ledger_journal AS j ON j.id = e.journal_id AND j.kind LIKE 'payout\_%'
    WHERE e.kind IN ('available', 'in_transit') GROUP BY e.organization_id, e.journal_id
  )
  SELECT e.organization_id, -sum(e.amount_minor)::bigint, coalesce(o.moved - o.withheld, 0)::bigint, coalesce(o.withheld, 0)::bigint
  FROM entry AS e LEFT JOIN (
    SELECT p.organization_id, sum(p.moved) AS moved, sum(p.withheld) AS withheld FROM payout AS p GROUP BY p.organization_id
  ) AS o USING (organization_id)
  GROUP BY e.organization_id, o.moved, o.withheld
$$;

DROP FUNCTION settlements_chunk_of_lines(uuid, int);
-- The hash of up to 1,024 lines; the text of a line is that of settlements/domain/statement_content.py.
CREATE FUNCTION settlements_chunk_of_lines(p_statement uuid, p_after int) RETURNS TABLE (
  digest bytea, lines bigint, orders bigint, refunds bigint, base numeric, current_share numeric, prior_share numeric, adjustments numeric
) LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT sha256(string_agg(sha256(convert_to(concat_ws(E'\t', l.line_number, l.section, l.kind,
           to_char(l.occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), to_char(l.effective_on, 'YYYY-MM-DD'),
           l.terms_number, l.currency, l.base_minor, l.share_minor, l.reference), 'UTF8')), ''::bytea ORDER BY l.line_number)),
         count(*), count(*) FILTER (WHERE l.section <> 'adjustment' AND l.kind NOT IN ('refund', 'chargeback', 'chargeback_won')),
         count(*) FILTER (WHERE l.kind IN ('refund', 'chargeback')),
         sum(l.base_minor), coalesce(sum(l.share_minor) FILTER (WHERE l.section = 'current'), 0),
         coalesce(sum(l.share_minor) FILTER (WHERE l.section = 'prior'), 0),
         coalesce(sum(l.share_minor) FILTER (WHERE l.section = 'adjustment'), 0)
  FROM settlements_statementline AS l
  WHERE l.statement_id = p_statement AND l.line_number > p_after AND l.line_number <= p_after + 1024
$$;

-- The lines of every party's statement: first the period's conversions, then late ones, then adjustments.
CREATE FUNCTION settlements_write_lines(p_period uuid, p_parties uuid[], p_statements uuid[]) RETURNS void
LANGUAGE sql SET search_path = public, pg_temp SET work_mem = '64MB' AS $$
  INSERT INTO settlements_statementline (statement_id, line_number, accrual_id, adjustment_id, organization_id, section, kind, reference,
      occurred_at, effective_on, terms_number, currency, base_minor, share_minor, parties)
    SELECT p_statements[array_position(p_parties, l.organization)],
           row_number() OVER (PARTITION BY l.organization ORDER BY l.section = 'adjustment', l.section COLLATE "C", l.occurred_at,
                              l.reference COLLATE "C", l.accrual, l.adjustment),
           l.accrual, l.adjustment, l.organization, l.section, l.kind, l.reference, l.occurred_at, l.effective_on, l.terms_number,
           l.currency, l.base_minor, l.share_minor, l.parties
    FROM (
      SELECT a.id AS accrual, NULL::uuid AS adjustment, s.organization_id AS organization, a.section::text, a.kind::text,
             a.reference::text, a.occurred_at, a.effective_on, t.number AS terms_number, a.currency, a.base_minor, s.share_minor, s.parties
      FROM settlements_accrual AS a
      JOIN settlements_accrualshare AS s ON s.accrual_id = a.id
      JOIN partners_termsversion AS t ON t.id = a.terms_version_id
      WHERE a.period_id = p_period
      UNION ALL
      SELECT NULL, a.id, u.organization, 'adjustment', a.kind, a.reference, a.recorded_at, a.effective_on, coalesce(t.number, 0),
             a.currency, 0, u.amount_minor,
             CASE WHEN u.organization = a.host_id THEN ARRAY[u.organization] ELSE ARRAY[u.organization, a.host_id] END
      FROM settlements_adjustment AS a
      CROSS JOIN LATERAL (VALUES (a.organization_id, a.amount_minor), (a.counterparty_id, -a.amount_minor)) AS u (organization, amount_minor)
      LEFT JOIN partners_termsversion AS t ON t.id = a.terms_version_id
      WHERE a.period_id = p_period AND u.organization IS NOT NULL
    ) AS l
$$;

DROP FUNCTION settlements_close_period(uuid, timestamptz);
-- Closes one period: its lines, its statements, its ledger period. Returns how many statements there are; a period
-- that was closed before answers the same and changes nothing. Every party has a statement that has a line, an opening,
-- or a payout; what it comes to must be what moved on the party's accounts.
CREATE FUNCTION settlements_close_period(p_period uuid, p_now timestamptz, p_engine text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET work_mem = '64MB' AS $$
DECLARE v_period settlements_period%ROWTYPE; v_parties uuid[]; v_statements uuid[]; v_terms jsonb; v_name text; v_party uuid;
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
      content_sha256, closed_at, closed_xid, parties)
    SELECT d.statement, v_period.host_id, v_period.alliance_id, v_period.agreement_id, p_period, d.organization, d.before, d.number,
           v_period.starts_on, v_period.ends_on, v_period.time_zone, v_period.currency, d.orders, d.refunds, d.lines, d.base,
           d.opening, d.current_share, d.prior_share, d.adjustments, d.withheld, d.paid, d.closing, v_terms, 2, p_engine, d.root,
           encode(sha256(convert_to(concat_ws(E'\n', 'statement 2', 'number ' || d.number, 'organization ' || d.organization,
             'agreement ' || v_period.agreement_id,
             'period ' || to_char(v_period.starts_on, 'YYYY-MM-DD') || ' ' || to_char(v_period.ends_on, 'YYYY-MM-DD') || ' ' || v_period.time_zone,
             'currency ' || v_period.currency, 'opening ' || d.opening, 'current ' || d.current_share, 'prior ' || d.prior_share,
             'adjustments ' || d.adjustments, 'withheld ' || d.withheld, 'paid ' || d.paid,
             'closing ' || d.closing, 'base ' || d.base, 'orders ' || d.orders,
             'refunds ' || d.refunds, 'lines ' || d.lines,
             (SELECT string_agg('terms ' || (t ->> 'number') || ' ' || (t ->> 'sha256') || ' ' || (t ->> 'remainder'), E'\n' ORDER BY n)
              FROM jsonb_array_elements(v_terms) WITH ORDINALITY AS j (t, n)),
             'engine ' || p_engine, 'root ' || d.root, 'previous ' || d.before_sha256), 'UTF8')), 'hex'),
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

REVOKE ALL ON FUNCTION settlements_adjustments_added(), settlements_record_adjustments(uuid, uuid, timestamptz, text, jsonb),
  settlements_earned(uuid), settlements_touched(uuid), settlements_due(uuid), settlements_movements(uuid),
  settlements_chunk_of_lines(uuid, int), settlements_write_lines(uuid, uuid[], uuid[]), settlements_close_period(uuid, timestamptz, text)
FROM PUBLIC;
GRANT EXECUTE ON FUNCTION settlements_record_adjustments(uuid, uuid, timestamptz, text, jsonb),
  settlements_earned(uuid), settlements_touched(uuid), settlements_due(uuid), settlements_close_period(uuid, timestamptz, text)
TO {{runtime}}, {{operator}};
