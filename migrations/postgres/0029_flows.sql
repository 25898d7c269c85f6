-- Changes of the address that somebody signs in with: what was asked for, and what was made and can be taken back.
create table address_changes (
    id uuid primary key,
    user_id uuid not null references users (id) on delete cascade,
    former text collate "C" not null,
    wanted text collate "C" not null,
    -- What confirms it; nothing once it was made, or another was asked for.
    confirm_hash bytea,
    -- What stops it, in the mail that says that it was asked for, and in the one that says that it was made.
    stop_hash bytea,
    back_hash bytea,
    created_at bigint not null,
    stop_until bigint not null,
    -- When it was stopped or taken back.
    ended_at bigint
);
create index address_changes_by_user on address_changes (user_id, id);
create index address_changes_over on address_changes (stop_until);

-- When somebody was last told that sign-in is locked: strangers lock it as often as they like.
alter table users add column lock_told_at bigint;
