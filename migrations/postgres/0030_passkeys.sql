-- Passkeys: what somebody proves themselves by in place of a password, or beside it. Only the public half is kept, as
-- webauthn-rs writes it, with the counter that rises with every use.
create table passkeys (
    id uuid primary key,
    user_id uuid not null references users (id) on delete cascade,
    name text collate "C" not null,
    credential_id bytea not null unique,
    credential text collate "C" not null,
    created_at bigint not null,
    last_used_at bigint
);
create index passkeys_by_user on passkeys (user_id, created_at, id);
-- Challenges that were answered: each buys something once.
create table passkey_answers (
    challenge_hash bytea primary key,
    expires_at bigint not null
);
create index passkey_answers_by_end on passkey_answers (expires_at);
