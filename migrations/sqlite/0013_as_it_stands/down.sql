ALTER TABLE tasks DROP COLUMN alerted_at;
ALTER TABLE breach_notices ADD COLUMN late BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE breach_notices SET late = TRUE WHERE number = 1 AND sent_at >
    (SELECT limit_at FROM breaches WHERE breaches.id = breach_notices.breach_id);
ALTER TABLE breaches DROP COLUMN sealed_awareness;
