"""Bank statements in files: CAMT.053, and tables whose columns a person has named. Start reading at `reading.py`."""
