-- Passkeys: what somebody proves themselves by in place of a password, or beside it. Only the public half is kept, as
-- webauthn-rs writes it, with the counter that rises with every use.
create table passkeys (
    id blob primary key,
    user_id blob not null references users (id) on delete cascade,
    name text not null,
    credential_id blob not null unique,
    credential text not null,
    created_at integer not null,
    last_used_at integer
) strict, without rowid;
create index passkeys_by_user on passkeys (user_id, created_at, id);
-- Challenges that were answered: each buys something once.
create table passkey_answers (
    challenge_hash blob primary key,
    expires_at integer not null
) strict, without rowid;
create index passkey_answers_by_end on passkey_answers (expires_at);
