"""Files for a bank, each checked by another tool once it is written. Start reading at `writing.py`."""
