-- Exchange rates are only ever added; what an import brought is never forgotten.
CREATE TRIGGER unchanging BEFORE UPDATE OR DELETE ON settlements_exchangerate FOR EACH ROW EXECUTE FUNCTION settlements_refuse();
CREATE TRIGGER unchanging_truncate BEFORE TRUNCATE ON settlements_exchangerate FOR EACH STATEMENT EXECUTE FUNCTION settlements_refuse();
ALTER TABLE settlements_exchangerate ENABLE ALWAYS TRIGGER unchanging;
ALTER TABLE settlements_exchangerate ENABLE ALWAYS TRIGGER unchanging_truncate;
CREATE TRIGGER unchanging BEFORE DELETE ON settlements_rateimport FOR EACH ROW EXECUTE FUNCTION settlements_refuse();
CREATE TRIGGER unchanging_truncate BEFORE TRUNCATE ON settlements_rateimport FOR EACH STATEMENT EXECUTE FUNCTION settlements_refuse();
ALTER TABLE settlements_rateimport ENABLE ALWAYS TRIGGER unchanging;
ALTER TABLE settlements_rateimport ENABLE ALWAYS TRIGGER unchanging_truncate;
