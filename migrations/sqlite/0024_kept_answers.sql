-- Answers to requests that name a key of their own (`Idempotency-Key`): the same request again gets the same answer, for a
-- day. Sealed under the key file, because some hold a secret.
create table kept_answers (
    id blob primary key,
    caller_id blob not null,
    key_hash blob not null,
    fingerprint blob not null,
    status integer not null,
    sealed blob not null,
    expires_at integer not null,
    unique (caller_id, key_hash)
) strict, without rowid;
create index kept_answers_by_end on kept_answers (expires_at);
