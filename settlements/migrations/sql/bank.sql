-- What a bank has said stands for good.
DO $$
DECLARE v_table text;
BEGIN
  FOREACH v_table IN ARRAY ARRAY['settlements_bankstatement', 'settlements_bankentry'] LOOP
    EXECUTE format('CREATE TRIGGER unchanging BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION settlements_refuse()', v_table);
    EXECUTE format('CREATE TRIGGER unchanging_truncate BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION settlements_refuse()', v_table);
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER unchanging', v_table);
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER unchanging_truncate', v_table);
  END LOOP;
END $$;
