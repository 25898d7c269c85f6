-- Keys for programs. A token acts for whoever it belongs to, no wider than that person or service account; a key pair is a
-- tenant's own. `permissions` are patterns that bound what it may be used for; `allowed_from` are networks, apart by blanks,
-- and empty for everywhere. Only account tokens and the secrets of key pairs can be read again: sealed under the key file.

-- Tokens are counted: numbers rise and are never given twice, also when the last one was deleted.
create table counters (
    name text collate "C" primary key,
    value bigint not null
);
insert into counters (name, value) select 'token', coalesce(max(number), 0) from tokens;

-- Access tokens have no number: nobody manages them one by one. Who made a token may go before it.
create table tokens_next (
    id uuid primary key,
    number bigint unique,
    tenant_id uuid references tenants (id),
    kind text collate "C" not null check (kind in ('account', 'personal', 'service_key', 'access', 'refresh')),
    name text collate "C" not null,
    user_id uuid references users (id) on delete cascade,
    created_by uuid,
    client_id uuid references clients (id) on delete cascade,
    audience text collate "C" not null default '',
    scope text collate "C" not null default '',
    permissions text collate "C" not null default '*.*',
    allowed_from text collate "C" not null default '',
    prefix text collate "C" not null,
    token_hash bytea not null unique,
    token_sealed bytea,
    disabled_at bigint,
    expires_at bigint,
    last_used_at bigint,
    last_used_from text collate "C",
    version bigint not null default 1,
    created_at bigint not null,
    updated_at bigint not null,
    check (kind = 'account' or token_sealed is null),
    check ((user_id is null) <> (client_id is null)),
    check ((number is null) = (kind in ('access', 'refresh')))
);
insert into tokens_next (id, tenant_id, kind, name, client_id, scope, prefix, token_hash, expires_at, created_at, updated_at)
select id, tenant_id, kind, name, client_id, scope, prefix, token_hash, expires_at, created_at, updated_at from tokens
where kind = 'access' and client_id is not null;
drop table tokens;
alter table tokens_next rename to tokens;
create index tokens_by_user on tokens (user_id) where user_id is not null;
create index tokens_by_client on tokens (client_id) where client_id is not null;
create index tokens_by_tenant on tokens (tenant_id, number);
create index access_tokens_by_end on tokens (expires_at) where kind = 'access';

alter table clients add column allowed_from text collate "C" not null default '';
alter table clients add column expires_at bigint;
alter table clients add column last_used_at bigint;
alter table clients add column last_used_from text collate "C";

alter table key_pairs add column permissions text collate "C" not null default '';
alter table key_pairs add column allowed_from text collate "C" not null default '';
alter table key_pairs add column expires_at bigint;
alter table key_pairs add column last_used_at bigint;
alter table key_pairs add column last_used_from text collate "C";
alter table key_pairs add column version bigint not null default 1;
alter table key_pairs add column updated_at bigint not null default 0;
create index key_pairs_by_tenant on key_pairs (tenant_id, id);

-- Which permission a token, client credentials or a key pair used on which day (in UTC, counted from 1970).
create table permission_uses (
    credential_id uuid not null,
    permission text collate "C" not null,
    day bigint not null,
    primary key (credential_id, permission, day)
);
create index permission_uses_by_day on permission_uses (day);

-- Service accounts hold service keys and are no people: lists and totals of people are without them. A membership says so
-- of its user, because it is counted while its user goes.
alter table memberships add column kind text collate "C" not null default 'human';
update memberships set kind = 'service_account' where user_id in (select id from users where kind <> 'human');
update tenants t set members = (select count(*) from memberships m where m.tenant_id = t.id and m.kind = 'human');
create or replace function count_memberships() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        update tenants t set members = t.members - c.n
        from (select tenant_id, count(*) as n from gone where kind = 'human' group by tenant_id order by tenant_id) c
        where c.tenant_id = t.id;
    end if;
    if tg_op = 'INSERT' then
        update tenants t set members = t.members + c.n
        from (select tenant_id, count(*) as n from come where kind = 'human' group by tenant_id order by tenant_id) c
        where c.tenant_id = t.id;
    end if;
    return null;
end $$;
create or replace function count_users() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        update user_totals t set total = t.total - c.n
        from (select status, count(*) as n from gone where kind = 'human' group by status order by status) c
        where c.status = t.status;
    end if;
    if tg_op = 'INSERT' then
        update user_totals t set total = t.total + c.n
        from (select status, count(*) as n from come where kind = 'human' group by status order by status) c
        where c.status = t.status;
    end if;
    return null;
end $$;
drop trigger users_total_update on users;
create trigger users_total_update after update on users for each row
    when (old.status is distinct from new.status and old.kind = 'human') execute function move_user();

-- Key pairs act, too.
alter table events drop constraint events_actor_kind_check;
alter table events add constraint events_actor_kind_check
    check (actor_kind in ('user', 'anonymous', 'command_line', 'system', 'client', 'key_pair'));
