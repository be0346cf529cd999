-- What a party may have of the chain: the journals that moved its accounts in a statement's period, the seals that hold
-- them, and the digests of those seals. Seals and numbers are the host's own; a party sees them through here alone.

CREATE FUNCTION settlements_may_see_proof(p_statement uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT EXISTS (
    SELECT FROM settlements_statement AS s WHERE s.id = p_statement AND ((SELECT ledger_is_operator())
      OR (SELECT nullif(current_setting('app.organization', true), '')::uuid) = ANY (s.parties)))
$$;

-- The journals of the statement's agreement and period that have an entry on one of the party's accounts, and their
-- numbers in the chain (null: not sealed yet).
CREATE FUNCTION settlements_journals_of(p_statement uuid) RETURNS TABLE (journal_id uuid, number bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT f.journal_id, m.number FROM (
    SELECT DISTINCT e.journal_id
    FROM settlements_statement AS s JOIN ledger_period AS l ON l.id = s.period_id
    JOIN ledger_account AS a ON a.book_id = l.book_id AND a.agreement_id = s.agreement_id AND a.organization_id = s.organization_id
    JOIN ledger_entry AS e ON e.account_id = a.id AND e.posted_at >= l.opened_at - INTERVAL '1 day'
     AND e.effective_on >= l.starts_on AND e.effective_on < l.ends_on
    WHERE s.id = p_statement AND settlements_may_see_proof(p_statement)
  ) AS f LEFT JOIN ledger_sealedjournal AS m ON m.journal_id = f.journal_id
$$;

-- How many of them wait for a seal.
CREATE FUNCTION settlements_unsealed_of(p_statement uuid) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT count(*) FROM settlements_journals_of(p_statement) AS j WHERE j.number IS NULL
$$;

-- Their contents. One that names a partner beside host and party shows its digest alone, unless it is the share of a
-- conversion, which terms and events tell every party anyway.
CREATE FUNCTION settlements_proof_journals(p_statement uuid) RETURNS TABLE (
  number bigint, id uuid, key text, kind text, effective_on date, occurred_at timestamptz, posted_at timestamptz, reverses_id uuid,
  fingerprint bytea, digest bytea, is_open boolean, entries text[]
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET work_mem = '64MB' AS $$
  SELECT f.number, j.id, j.key, j.kind, j.effective_on, j.occurred_at, j.posted_at, j.reverses_id, j.fingerprint, m.digest,
         j.kind LIKE 'accrual%' OR e.of_both, e.entries
  FROM settlements_statement AS s CROSS JOIN settlements_journals_of(s.id) AS f
  JOIN ledger_journal AS j ON j.id = f.journal_id JOIN ledger_sealedjournal AS m ON m.journal_id = j.id
  CROSS JOIN LATERAL (
    SELECT bool_and(a.organization_id IN (s.organization_id, s.host_id)) AS of_both,
           array_agg(concat_ws(' ', e.line, e.account_id, a.organization_id, a.kind, e.currency, e.amount_minor) ORDER BY e.line) AS entries
    FROM ledger_entry AS e JOIN ledger_account AS a ON a.id = e.account_id WHERE e.journal_id = j.id) AS e
  WHERE s.id = p_statement AND settlements_may_see_proof(p_statement)
  ORDER BY f.number
$$;

-- The seals from the first that holds one of them to the last, or to the one whose head the statement bears.
CREATE FUNCTION settlements_proof_seals(p_statement uuid) RETURNS TABLE (
  book_id uuid, number bigint, first bigint, last bigint, digests_sha256 text, previous_head text, head text, sealed_at timestamptz,
  holds_any boolean
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH own AS MATERIALIZED (SELECT j.number FROM settlements_journals_of(p_statement) AS j WHERE j.number IS NOT NULL),
  book AS (SELECT l.book_id, s.chain_number FROM settlements_statement AS s JOIN ledger_period AS l ON l.id = s.period_id
           WHERE s.id = p_statement AND settlements_may_see_proof(p_statement)),
  holding AS MATERIALIZED (
    SELECT DISTINCT h.number FROM book AS b CROSS JOIN own AS o CROSS JOIN LATERAL (
      SELECT s.number FROM ledger_seal AS s WHERE s.book_id = b.book_id AND s.first <= o.number ORDER BY s.first DESC LIMIT 1) AS h
  ), span AS (SELECT min(number) AS low, max(number) AS high FROM holding)
  SELECT s.book_id, s.number, s.first, s.last, s.digests_sha256::text, s.previous_head::text, s.head::text, s.sealed_at,
         s.number IN (SELECT h.number FROM holding AS h)
  FROM book AS b CROSS JOIN span AS p JOIN ledger_seal AS s
    ON s.book_id = b.book_id AND s.number >= p.low AND s.number <= greatest(p.high, b.chain_number)
  ORDER BY s.number
$$;

-- The digests of the journals [p_first, p_last] of the statement's book, one after the other.
CREATE FUNCTION settlements_proof_digests(p_statement uuid, p_first bigint, p_last bigint) RETURNS bytea
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT string_agg(m.digest, ''::bytea ORDER BY m.number)
  FROM settlements_statement AS s JOIN ledger_period AS l ON l.id = s.period_id
  JOIN ledger_sealedjournal AS m ON m.book_id = l.book_id AND m.number BETWEEN p_first AND p_last
  WHERE s.id = p_statement AND settlements_may_see_proof(p_statement)
$$;

REVOKE ALL ON FUNCTION settlements_may_see_proof(uuid), settlements_journals_of(uuid), settlements_unsealed_of(uuid),
  settlements_proof_journals(uuid), settlements_proof_seals(uuid), settlements_proof_digests(uuid, bigint, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION settlements_unsealed_of(uuid), settlements_proof_journals(uuid), settlements_proof_seals(uuid),
  settlements_proof_digests(uuid, bigint, bigint) TO {{runtime}}, {{operator}};
