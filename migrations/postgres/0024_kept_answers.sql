-- Answers to requests that name a key of their own (`Idempotency-Key`): the same request again gets the same answer, for a
-- day. Sealed under the key file, because some hold a secret.
create table kept_answers (
    id uuid primary key,
    caller_id uuid not null,
    key_hash bytea not null,
    fingerprint bytea not null,
    status integer not null,
    sealed bytea not null,
    expires_at bigint not null,
    unique (caller_id, key_hash)
);
create index kept_answers_by_end on kept_answers (expires_at);
