"""Reads exported reports: bytes -> sheets of text -> the columns a format asks for -> checked tables.

report.py      read_report: a file in any container -> the facts of the platform that recognises it
container.py, delimited.py, html_table.py, spreadsheet.py   bytes -> sheets of text cells
headings.py    which report a sheet is, and where its columns are
sheet_tables.py   one sheet in one format -> tables
cells.py, columns.py   one text -> number, range, date or id; the same for many texts at a time
totals.py, repeats.py   the report's own total, and rows that repeat
"""
