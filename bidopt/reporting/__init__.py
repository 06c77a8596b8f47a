"""For people: a plan as a report page, a review workbook and a terminal summary; nothing here decides."""
