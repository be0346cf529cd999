"""Files of rows that people upload: CSV, compressed CSV, XLSX and JSON Lines, streamed and guarded.

Start reading at `layout`: it looks a file through once and says how it is to be read. `rows` then gives one row after
the other, `keeping` stores the file under its organization, `columns` guesses which column is which, `error_file` writes
the rows back that could not be taken, and `models` holds the columns that such files and the jobs over them share.
"""
