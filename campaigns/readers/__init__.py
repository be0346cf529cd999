"""Files of orders as rows of text: CSV, compressed CSV and XLSX, streamed and guarded.

Start reading at `layout`: it looks a file through once and says how it is to be read.
"""
