-- Version 8 has no row more: an index alone. An alert whose message is decided is in it.
UPDATE alerts SET group_id = 'g3' WHERE idempotency_key = 'k3';
