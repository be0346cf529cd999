"""Exchange rates: rows that are never changed, read from files or sent by API, and which of them counts on a day.

`domain.reading` reads files, `domain.choosing` picks the rate; `services.record_rates` is the only writer.
"""
