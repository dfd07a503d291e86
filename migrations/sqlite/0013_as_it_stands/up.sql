-- Why the instant of becoming aware of a breach was changed, each time; sealed as its record.
ALTER TABLE breaches ADD COLUMN sealed_awareness BLOB;
-- Whether a notice came late follows from its instant and from the limit as they stand.
ALTER TABLE breach_notices DROP COLUMN late;

-- The end of a case that was answered first is its closing.
UPDATE requests SET ended_at = (
    SELECT events.at FROM events WHERE events.request_id = requests.id
        AND events.kind IN ('RequestClosed', 'RequestWithdrawn', 'RequestForwarded')
    ORDER BY events.version DESC LIMIT 1
) WHERE status IN ('closed', 'withdrawn', 'forwarded');

-- When somebody was alerted to a task: the sweep goes on with the others.
ALTER TABLE tasks ADD COLUMN alerted_at BIGINT;
