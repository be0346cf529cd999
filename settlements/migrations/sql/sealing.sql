-- Seals: the journals of each book, numbered and chained in batches, so that what a superuser changes is found.
-- The texts are those of settlements/proof/domain/chain.py; docs/proof.md tells the story.
--
-- Nothing here is in the path of a posting. A seal takes what is visible to it and not sealed yet, so a journal whose
-- database transaction commits late comes into a later seal. Where to look from: transactions below the smallest one
-- that runs (pg_snapshot_xmin) have ended, and all they posted is seen and sealed. In another cluster, after a restore,
-- numbers of transactions begin anew: then everything is looked at once.
--
-- One more SQLSTATE of the class LG:  LG012 not the next link of the chain

-- Sealed, and only ever added to.
DO $$
DECLARE v_table text;
BEGIN
  FOREACH v_table IN ARRAY ARRAY['ledger_seal', 'ledger_sealedjournal'] LOOP
    EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION ledger_refuse()', v_table);
    EXECUTE format('CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()', v_table);
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER append_only', v_table);
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER append_only_truncate', v_table);
  END LOOP;
END $$;

-- The head of a chain with one more link.
CREATE FUNCTION ledger_seal_head(
  p_book uuid, p_number bigint, p_first bigint, p_last bigint, p_digests text, p_sealed_at timestamptz, p_previous text
) RETURNS text LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT encode(sha256(convert_to(concat_ws(E'\n', 'seal 1', 'book ' || p_book, 'number ' || p_number,
    'journals ' || p_first || ' ' || p_last, 'digests ' || p_digests,
    'sealed ' || to_char(p_sealed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    'previous ' || coalesce(nullif(p_previous, ''), '-')), 'UTF8')), 'hex')
$$;

-- A seal is the next link of its book's chain, made in this very database transaction, over the journals that stand beside it.
CREATE FUNCTION ledger_seals_added() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE v_seal uuid;
BEGIN
  SELECT s.id INTO v_seal FROM added AS s
    LEFT JOIN ledger_seal AS b ON b.book_id = s.book_id AND b.number = s.number - 1
    CROSS JOIN LATERAL (
      SELECT count(*) AS members, encode(sha256(coalesce(string_agg(m.digest, ''::bytea ORDER BY m.number), '')), 'hex') AS digests
      FROM ledger_sealedjournal AS m WHERE m.book_id = s.book_id AND m.number BETWEEN s.first AND s.last) AS m
    WHERE s.sealed_xid <> pg_current_xact_id() OR (b.id IS NULL AND s.number <> 1)
       OR EXISTS (SELECT FROM ledger_seal WHERE book_id = s.book_id AND number > s.number)
       OR s.first <> coalesce(b.last, 0) + 1 OR m.members <> s.last - s.first + 1 OR m.digests <> s.digests_sha256
       OR s.previous_head <> coalesce(b.head, '')
       OR s.head <> ledger_seal_head(s.book_id, s.number, s.first, s.last, s.digests_sha256, s.sealed_at, s.previous_head)
    LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'Seal % is not the next link of its chain', v_seal USING ERRCODE = 'LG012';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER next_link AFTER INSERT ON ledger_seal REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_seals_added();
ALTER TABLE ledger_seal ENABLE ALWAYS TRIGGER next_link;

-- Journals are numbered by a seal that comes in the same statement.
CREATE FUNCTION ledger_sealed_journals_added() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF (SELECT count(*) FROM added) <> (
    SELECT coalesce(sum(s.last - s.first + 1), 0) FROM ledger_seal AS s
    WHERE s.sealed_xid = pg_current_xact_id() AND s.number = (SELECT max(number) FROM ledger_seal WHERE book_id = s.book_id)
      AND s.book_id IN (SELECT DISTINCT book_id FROM added)
      AND s.first = (SELECT min(number) FROM added WHERE book_id = s.book_id)
      AND s.last = (SELECT max(number) FROM added WHERE book_id = s.book_id)
      AND s.host_id = ALL (SELECT host_id FROM added WHERE book_id = s.book_id))
  THEN
    RAISE EXCEPTION 'Journals are numbered by their seal' USING ERRCODE = 'LG012';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER of_its_seal AFTER INSERT ON ledger_sealedjournal REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_sealed_journals_added();
ALTER TABLE ledger_sealedjournal ENABLE ALWAYS TRIGGER of_its_seal;

-- Seals what the book has posted since its last seal; returns how many journals that were. One at a time for each book.
CREATE FUNCTION ledger_seal_journals(p_id uuid, p_book uuid) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET work_mem = '64MB' AS $$
DECLARE
  v_host uuid; v_last ledger_seal%ROWTYPE; v_now timestamptz; v_settled xid8; v_cluster bigint; v_from xid8; v_sealed bigint;
BEGIN
  SELECT host_id INTO v_host FROM ledger_book WHERE id = p_book;
  PERFORM ledger_require_host(v_host);
  PERFORM pg_advisory_xact_lock(hashtextextended('ledger.seal ' || p_book::text, 0));
  SELECT * INTO v_last FROM ledger_seal WHERE book_id = p_book ORDER BY number DESC LIMIT 1;
  v_cluster := (SELECT system_identifier FROM pg_control_system());
  v_settled := pg_snapshot_xmin(pg_current_snapshot());  -- before the journals are looked at
  v_from := CASE WHEN v_last.cluster = v_cluster THEN v_last.settled_xid ELSE '0'::xid8 END;
  v_now := clock_timestamp();
  WITH fresh AS MATERIALIZED (
    SELECT j.*, coalesce(v_last.last, 0) + row_number() OVER (ORDER BY j.posted_at, j.key COLLATE "C") AS number
    FROM ledger_journal AS j
    WHERE j.book_id = p_book AND j.posted_xid >= v_from
      AND NOT EXISTS (SELECT FROM ledger_sealedjournal AS s WHERE s.journal_id = j.id)
  ), digested AS MATERIALIZED (
    SELECT j.id, j.number, sha256(convert_to(concat_ws(E'\n', 'journal 1', 'book ' || j.book_id, 'id ' || j.id, 'kind ' || j.kind,
             'agreement ' || coalesce(j.agreement_id::text, '-'), 'effective ' || to_char(j.effective_on, 'YYYY-MM-DD'),
             'occurred ' || to_char(j.occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
             'posted ' || to_char(j.posted_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
             'reverses ' || coalesce(j.reverses_id::text, '-'), 'fingerprint ' || encode(j.fingerprint, 'hex'),
             e.entries, 'key ' || j.key), 'UTF8')) AS digest
    FROM fresh AS j CROSS JOIN LATERAL (
      SELECT string_agg(concat_ws(' ', 'entry', e.line, e.account_id, a.organization_id, a.kind, e.currency, e.amount_minor),
                        E'\n' ORDER BY e.line) AS entries
      FROM ledger_entry AS e JOIN ledger_account AS a ON a.id = e.account_id WHERE e.journal_id = j.id) AS e
  ), written AS (
    INSERT INTO ledger_sealedjournal (book_id, number, journal_id, host_id, digest)
      SELECT p_book, d.number, d.id, v_host, d.digest FROM digested AS d
  )
  INSERT INTO ledger_seal (id, book_id, host_id, number, first, last, digests_sha256, previous_head, head, sealed_at, sealed_xid,
      settled_xid, cluster)
    SELECT p_id, p_book, v_host, coalesce(v_last.number, 0) + 1, d.first, d.last, d.digests, coalesce(v_last.head, ''),
           ledger_seal_head(p_book, coalesce(v_last.number, 0) + 1, d.first, d.last, d.digests, v_now, v_last.head),
           v_now, pg_current_xact_id(), v_settled, v_cluster
    FROM (SELECT min(number) AS first, max(number) AS last,
                 encode(sha256(string_agg(digest, ''::bytea ORDER BY number)), 'hex') AS digests FROM digested) AS d
    WHERE d.first IS NOT NULL;
  SELECT count(*) INTO v_sealed FROM ledger_sealedjournal WHERE book_id = p_book AND number > coalesce(v_last.last, 0);
  RETURN v_sealed;
END $$;

-- The books that have journals without a seal; for the operator, and of the others' for the open scope's host alone.
CREATE FUNCTION ledger_books_to_seal() RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT b.id FROM ledger_book AS b
  LEFT JOIN LATERAL (
    SELECT s.settled_xid, s.cluster FROM ledger_seal AS s WHERE s.book_id = b.id ORDER BY s.number DESC LIMIT 1) AS s ON true
  WHERE ((SELECT ledger_is_operator()) OR b.host_id = (SELECT nullif(current_setting('app.organization', true), '')::uuid))
    AND EXISTS (
      SELECT FROM ledger_journal AS j
      WHERE j.book_id = b.id
        AND j.posted_xid >= CASE WHEN s.cluster = (SELECT system_identifier FROM pg_control_system()) THEN s.settled_xid ELSE '0'::xid8 END
        AND NOT EXISTS (SELECT FROM ledger_sealedjournal AS m WHERE m.journal_id = j.id))
  ORDER BY b.id
$$;

REVOKE ALL ON FUNCTION ledger_seal_head(uuid, bigint, bigint, bigint, text, timestamptz, text), ledger_seals_added(),
  ledger_sealed_journals_added(), ledger_seal_journals(uuid, uuid), ledger_books_to_seal()
FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger_seal_journals(uuid, uuid), ledger_books_to_seal() TO {{runtime}}, {{operator}};
