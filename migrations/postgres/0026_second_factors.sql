-- How somebody gets in whose authenticator app is lost: codes that were shown once, each good once. What is kept of them is
-- keyed with the key file.
create table recovery_codes (
    user_id uuid not null references users (id) on delete cascade,
    code_hash bytea not null,
    created_at bigint not null,
    used_at bigint,
    primary key (user_id, code_hash)
);

-- When the holder of a session last proved who they are: what opens accounts is changed shortly after that, or not.
alter table sessions add column proved_at bigint not null default 0;
update sessions set proved_at = created_at;

-- Whoever has the role needs a second factor.
alter table roles add column second_factor_required boolean not null default false;

-- Somebody's own tokens, as their page lists them.
create index tokens_by_person on tokens (user_id, kind, number);

-- By which clock somebody reads times, as the IANA names it; empty for that of their browser.
alter table users add column time_zone text collate "C" not null default '';
