"""Rows of a file as orders. The files themselves are read by `alliance.kernel.spreadsheets`.

Start reading at `orders_in_file`.
"""
