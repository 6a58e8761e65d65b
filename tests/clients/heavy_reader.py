"""A reader that never rests: heavy queries on a mirror, one after the other, until a file appears.

Arguments: the mirror, the file that ends it, seconds of patience for a lock. Prints how many queries it ran, then
one line for each that was refused.
"""

import os
import sqlite3
import sys
import time

QUERIES = [
    "SELECT d.verdict, c.label, COUNT(*), SUM(LENGTH(c.value)) FROM v_dossiers d"
    " JOIN champs c ON c.dossier_number = d.number GROUP BY 1, 2 ORDER BY 3 DESC",
    "SELECT dimension, COUNT(*), SUM(dossiers) FROM v_stats GROUP BY 1",
    "SELECT dossier_number, COUNT(*) FROM changes GROUP BY 1 ORDER BY 2 DESC LIMIT 10",
    "SELECT COUNT(*), SUM(LENGTH(string_value)) FROM champs WHERE string_value LIKE '%zz%' OR label LIKE '%é%'",
    "SELECT SUM(LENGTH(content)) FROM payloads",
]

mirror, stop, patience = sys.argv[1], sys.argv[2], float(sys.argv[3])


def is_there():
    """Whether there is something to read: a mirror that is being made is no refusal."""
    if not os.path.exists(mirror) or os.path.getsize(mirror) == 0:
        return False
    try:
        connection = sqlite3.connect(f"file:{mirror}?mode=ro", uri=True)
        try:
            return connection.execute("SELECT COUNT(*) FROM dossiers").fetchone()[0] > 0
        finally:
            connection.close()
    except sqlite3.Error:
        return False


while not is_there() and not os.path.exists(stop):
    time.sleep(0.01)

done, refused, before = 0, [], None
while not os.path.exists(stop):
    for query in QUERIES:
        try:
            connection = sqlite3.connect(f"file:{mirror}?mode=ro", uri=True, timeout=patience, isolation_level=None)
            connection.execute("BEGIN")
            connection.execute(query).fetchall()
            done += 1
            # What was read before is let go once something else is being read: there is no moment without a reader.
            if before is not None:
                before.close()
            before = connection
        except sqlite3.Error as error:
            refused.append(f"{error}: {query}")
        if os.path.exists(stop):
            break

print(done)
for line in refused[:20]:
    print(line)
