-- Rows that version 4 has more: a call judged whole.
UPDATE positions SET judged_by = 'abc';
