-- How each channel of alerts does, as its last attempt left it.
CREATE TABLE channels (
    name TEXT PRIMARY KEY,
    failing_since TEXT,
    waits_for_person INTEGER NOT NULL CHECK (waits_for_person IN (0, 1)),
    last_error TEXT
) STRICT, WITHOUT ROWID;
