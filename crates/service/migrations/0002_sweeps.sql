-- What a sweep looks for is found without reading everything that was ever
-- kept: results and histories that are held, keys and requests by age.
CREATE INDEX evaluation_held ON evaluation (consent) WHERE deleted = 0;
CREATE INDEX history_held ON history (applicant_key, received) WHERE deleted = 0;
CREATE INDEX applicant_key_received ON applicant_key (received);
CREATE INDEX request_expires ON request (expires);
