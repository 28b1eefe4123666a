-- Written once for both databases: {int} and {bytes} are their own names of a
-- 64-bit integer and of bytes. Times are milliseconds since 1970 in UTC.

-- One row. Whoever writes locks it first, so writers go one after the other.
CREATE TABLE keeper (
    id {int} PRIMARY KEY,
    platform TEXT NOT NULL,
    writes {int} NOT NULL
);

CREATE TABLE scheme (
    digest TEXT PRIMARY KEY,
    json TEXT NOT NULL
);

CREATE TABLE scorecard (
    digest TEXT PRIMARY KEY,
    scheme TEXT NOT NULL REFERENCES scheme (digest),
    json TEXT NOT NULL,
    log_index {int} NOT NULL
);

CREATE TABLE applicant_key (
    id TEXT PRIMARY KEY,
    application TEXT NOT NULL,
    signer TEXT NOT NULL,
    message {bytes} NOT NULL,
    received {int} NOT NULL
);

CREATE INDEX applicant_key_application ON applicant_key (application);

CREATE TABLE request (
    digest TEXT PRIMARY KEY,
    lender TEXT NOT NULL,
    message {bytes} NOT NULL,
    expires {int} NOT NULL
);

-- uses, record and held_until change; the rest stays as it was taken.
-- held_until: when the histories go, once nothing more is computed from them.
CREATE TABLE consent (
    id TEXT PRIMARY KEY,
    digest TEXT NOT NULL,
    applicant_key TEXT NOT NULL,
    signer TEXT NOT NULL,
    lender TEXT NOT NULL,
    record TEXT NOT NULL,
    uses {int} NOT NULL,
    withdrawn {int} NOT NULL,
    held_until {int} NOT NULL,
    valid_until {int} NOT NULL,
    received {int} NOT NULL,
    log_index {int} NOT NULL
);
CREATE INDEX consent_key ON consent (applicant_key);

-- deleted: 0, or when the ciphertexts were deleted; the attestation's digest
-- stays, so that who asks is told so.
CREATE TABLE history (
    attestation TEXT PRIMARY KEY,
    ciphertexts TEXT NOT NULL,
    applicant_key TEXT NOT NULL REFERENCES applicant_key (id),
    source TEXT NOT NULL,
    scheme TEXT NOT NULL,
    standing TEXT NOT NULL,
    message {bytes} NOT NULL,
    object TEXT NOT NULL,
    size {int} NOT NULL,
    received {int} NOT NULL,
    deleted {int} NOT NULL
);
CREATE INDEX history_key ON history (applicant_key);
CREATE INDEX history_object ON history (object);

CREATE TABLE evaluation (
    receipt TEXT PRIMARY KEY,
    consent TEXT NOT NULL REFERENCES consent (id),
    consent_use {int} NOT NULL,
    scorecard TEXT NOT NULL,
    position {int} NOT NULL,
    message {bytes} NOT NULL,
    signed_receipt {bytes} NOT NULL,
    log_index {int} NOT NULL,
    deleted {int} NOT NULL
);
CREATE UNIQUE INDEX evaluation_use ON evaluation (consent, consent_use, position);

CREATE TABLE log (
    place {int} PRIMARY KEY,
    kind TEXT NOT NULL,
    digest TEXT NOT NULL,
    leaf {bytes} NOT NULL
);
CREATE UNIQUE INDEX log_entry ON log (kind, digest);

-- One row: the last signed head.
CREATE TABLE head (
    id {int} PRIMARY KEY,
    size {int} NOT NULL,
    message {bytes} NOT NULL
);

-- Signed requests that changed something, until they are too old to be taken.
CREATE TABLE nonce (
    signer TEXT NOT NULL,
    nonce TEXT NOT NULL,
    expires {int} NOT NULL,
    PRIMARY KEY (signer, nonce)
);
CREATE INDEX nonce_expires ON nonce (expires);

-- Evaluations that may be asked for again: the use that they were.
CREATE TABLE idempotency (
    signer TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    body TEXT NOT NULL,
    consent TEXT NOT NULL,
    consent_use {int} NOT NULL,
    PRIMARY KEY (signer, idempotency_key)
);

-- Objects that no row names any more, until they are gone from the store.
CREATE TABLE deletion (
    object TEXT PRIMARY KEY,
    since {int} NOT NULL
);
