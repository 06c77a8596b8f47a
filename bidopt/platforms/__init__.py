"""Ad platforms: one file per platform holds its headings, its units and its upload files.

native.py, amazon_sponsored.py, alimama_wanxiangtai.py   the platforms; adding one is adding a file
platform.py         what a platform is, and what it is given to write an upload
report_format.py    how a platform declares the reports it can read
workbook.py         writes a workbook in which every text is inert
reading/            the engine that reads a report, the same for all platforms
"""
