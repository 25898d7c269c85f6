-- The whole data model. Times are milliseconds since 1970 (UTC); ids are UUIDv7,
-- so they rise with time; JSON is text because nothing queries inside it.

create table settings (
    name text primary key,
    value text not null
) strict, without rowid;

create table tenants (
    id blob primary key,
    slug text not null unique,
    name text not null,
    kind text not null check (kind in ('root', 'standard', 'portal', 'domain', 'reseller')),
    type text not null check (type in ('production', 'test')),
    parent_id blob references tenants (id),
    settings text not null default '{}',
    version integer not null default 1,
    created_at integer not null
) strict, without rowid;

-- `number` is the rowid, which the search index points at.
-- `name_key` and `search_key` are folded (lower case, no accents) by the program.
create table users (
    number integer primary key autoincrement,
    id blob not null unique,
    login text not null unique,
    email text not null,
    email_verified_at integer,
    display_name text not null,
    first_name text not null,
    last_name text not null,
    name_key text not null,
    search_key text not null,
    phone text,
    locale text not null default 'en_US',
    kind text not null default 'human' check (kind in ('human', 'service_account')),
    status text not null generated always as (
        case when disabled_at is not null then 'disabled'
             when password_hash is null then 'pending'
             else 'active' end) stored,
    disabled_at integer,
    tenant_scope text not null default 'list' check (tenant_scope in ('list', 'any', 'type_test')),
    password_hash text,
    password_temporary integer not null default 0,
    password_expires_at integer,
    password_changed_at integer,
    second_factor_required integer not null default 0,
    second_factor text not null default 'none' check (second_factor in ('none', 'email', 'totp')),
    totp_secret blob,
    ip_allowlist text not null default '[]',
    version integer not null default 1,
    created_by blob,
    created_at integer not null,
    updated_at integer not null,
    last_sign_in_at integer
) strict;

create index users_by_name on users (name_key, id);
create index users_by_created on users (created_at, id);
create index users_by_last_sign_in on users (coalesce(last_sign_in_at, 0), id);
-- Few people are not active: these keep rare filters fast without a second copy of every row.
create index users_inactive_by_name on users (name_key, id) where status <> 'active';
create index users_inactive_by_login on users (login, id) where status <> 'active';
create index users_inactive_by_created on users (created_at, id) where status <> 'active';
create index users_inactive_by_last_sign_in on users (coalesce(last_sign_in_at, 0), id) where status <> 'active';

create virtual table users_search using fts5 (
    search_key, content = 'users', content_rowid = 'number', tokenize = 'trigram'
);
create trigger users_search_insert after insert on users begin
    insert into users_search (rowid, search_key) values (new.number, new.search_key);
end;
create trigger users_search_delete after delete on users begin
    insert into users_search (users_search, rowid, search_key) values ('delete', old.number, old.search_key);
end;
create trigger users_search_update after update of search_key on users when old.search_key <> new.search_key begin
    insert into users_search (users_search, rowid, search_key) values ('delete', old.number, old.search_key);
    insert into users_search (rowid, search_key) values (new.number, new.search_key);
end;

-- Totals are kept, not counted, so that a list of a million costs what a list of ten does.
create table user_totals (
    status text primary key,
    total integer not null
) strict, without rowid;
insert into user_totals (status, total) values ('active', 0), ('pending', 0), ('disabled', 0);
create trigger users_total_insert after insert on users begin
    update user_totals set total = total + 1 where status = new.status;
end;
create trigger users_total_delete after delete on users begin
    update user_totals set total = total - 1 where status = old.status;
end;
create trigger users_total_update after update on users when old.status <> new.status begin
    update user_totals set total = total - 1 where status = old.status;
    update user_totals set total = total + 1 where status = new.status;
end;

create table password_history (
    user_id blob not null references users (id) on delete cascade,
    hash text not null,
    set_at integer not null,
    primary key (user_id, set_at)
) strict, without rowid;

create table memberships (
    id blob primary key,
    user_id blob not null references users (id) on delete cascade,
    tenant_id blob not null references tenants (id),
    status text not null check (status in ('pending', 'active', 'inactive')),
    is_owner integer not null default 0,
    tags text not null default '[]',
    attributes text not null default '{}',
    external_id text,
    last_sign_in_at integer,
    created_at integer not null,
    unique (user_id, tenant_id)
) strict, without rowid;
create index memberships_by_tenant on memberships (tenant_id, user_id);
create unique index memberships_one_owner on memberships (tenant_id) where is_owner = 1;

create table roles (
    id text primary key,
    number integer not null unique,
    tenant_id blob references tenants (id),
    name text not null,
    description text not null,
    builtin integer not null default 0,
    exclusive integer not null default 0,
    version integer not null default 1,
    created_by blob,
    created_at integer not null
) strict, without rowid;
create unique index roles_by_name on roles (name, coalesce(tenant_id, x''));

create table role_permissions (
    role_id text not null references roles (id) on delete cascade,
    pattern text not null,
    primary key (role_id, pattern)
) strict, without rowid;

create table groups (
    id blob primary key,
    tenant_id blob not null references tenants (id),
    name text not null,
    description text not null default '',
    version integer not null default 1,
    created_at integer not null,
    unique (tenant_id, name)
) strict, without rowid;

create table clients (
    id blob primary key,
    tenant_id blob not null references tenants (id),
    name text not null,
    role text not null,
    service_ids text not null default '[]',
    disabled_at integer,
    version integer not null default 1,
    created_at integer not null,
    updated_at integer not null
) strict, without rowid;

-- Two live secrets while rotating.
create table client_secrets (
    id blob primary key,
    client_id blob not null references clients (id) on delete cascade,
    secret_hash blob not null unique,
    created_at integer not null,
    expires_at integer
) strict, without rowid;

create table group_members (
    id blob primary key,
    group_id blob not null references groups (id) on delete cascade,
    user_id blob references users (id) on delete cascade,
    client_id blob references clients (id) on delete cascade,
    member_group_id blob references groups (id) on delete cascade,
    added_at integer not null,
    check ((user_id is not null) + (client_id is not null) + (member_group_id is not null) = 1),
    unique (group_id, user_id),
    unique (group_id, client_id),
    unique (group_id, member_group_id)
) strict, without rowid;
create index group_members_by_user on group_members (user_id) where user_id is not null;
create index group_members_by_group on group_members (member_group_id) where member_group_id is not null;

-- A role or one permission, to a user or a group, in one tenant or (null) everywhere.
create table grants (
    id blob primary key,
    user_id blob references users (id) on delete cascade,
    group_id blob references groups (id) on delete cascade,
    role_id text references roles (id) on delete cascade,
    permission text,
    tenant_id blob references tenants (id),
    valid_from integer,
    expires_at integer,
    reason text not null default '',
    granted_by blob,
    created_at integer not null,
    check ((user_id is null) <> (group_id is null)),
    check ((role_id is null) <> (permission is null))
) strict, without rowid;
create index grants_by_user on grants (user_id) where user_id is not null;
create index grants_by_group on grants (group_id) where group_id is not null;
create index grants_by_role on grants (role_id) where role_id is not null;
create unique index grants_once on grants (
    coalesce(user_id, group_id), coalesce(role_id, permission), coalesce(tenant_id, x''));

-- The cookie's value is never stored, only its SHA-256.
create table sessions (
    id blob primary key,
    token_hash blob not null unique,
    user_id blob not null references users (id) on delete cascade,
    second_factor_passed integer not null default 0,
    address text,
    user_agent text not null default '',
    created_at integer not null,
    expires_at integer not null
) strict, without rowid;
create index sessions_by_user on sessions (user_id);
create index sessions_by_expiry on sessions (expires_at);

create table tokens (
    id blob primary key,
    number integer not null unique,
    tenant_id blob references tenants (id),
    kind text not null check (kind in ('account', 'personal', 'service_key', 'access')),
    name text not null,
    user_id blob references users (id) on delete cascade,
    owner_id blob references users (id) on delete cascade,
    client_id blob references clients (id) on delete cascade,
    audience text,
    scope text not null default '',
    prefix text not null,
    token_hash blob not null unique,
    token_sealed blob,
    disabled_at integer,
    expires_at integer,
    last_used_at integer,
    created_at integer not null,
    updated_at integer not null,
    check (kind = 'account' or token_sealed is null)
) strict, without rowid;
create index tokens_by_user on tokens (user_id) where user_id is not null;

create table key_pairs (
    id blob primary key,
    tenant_id blob not null references tenants (id),
    name text not null,
    api_key text not null unique,
    secret_sealed blob not null,
    disabled_at integer,
    created_at integer not null
) strict, without rowid;

create table codes (
    id blob primary key,
    user_id blob not null references users (id) on delete cascade,
    tenant_id blob references tenants (id),
    purpose text not null check (purpose in ('verify_email', 'password_reset', 'activation', 'invitation', 'second_factor')),
    code_hash blob not null unique,
    attempts integer not null default 0,
    created_at integer not null,
    expires_at integer not null,
    used_at integer
) strict, without rowid;
create index codes_by_user on codes (user_id, purpose);

create table messages (
    id blob primary key,
    recipient text not null,
    template text not null,
    variables text not null,
    created_at integer not null,
    claimed_at integer,
    sent_at integer,
    attempts integer not null default 0,
    last_error text
) strict, without rowid;
create index messages_waiting on messages (id) where sent_at is null;

-- Names are copied, so that a row still reads well when its actor or target is gone.
create table events (
    id blob primary key,
    at integer not null,
    actor_kind text not null check (actor_kind in ('user', 'anonymous', 'command_line', 'system')),
    actor_id blob,
    actor_name text not null,
    verb text not null,
    target_kind text not null,
    target_id text not null,
    target_name text not null,
    tenant_id blob,
    before text,
    after text,
    address text,
    request_id text
) strict, without rowid;
create index events_by_target on events (target_kind, target_id, id);
create index events_by_actor on events (actor_id, id) where actor_id is not null;

-- Counters of tries per account and per address; `subject` is a hash, never a login or an address.
create table throttles (
    subject blob primary key,
    tries integer not null,
    resets_at integer not null
) strict, without rowid;
create index throttles_by_reset on throttles (resets_at);

insert into tenants (id, slug, name, kind, type, created_at)
values (x'00000000000070008000000000000001', 'root', 'Root', 'root', 'production', 0);
insert into roles (id, number, name, description, builtin, created_at) values
    ('0000000000000000000000ADM1', 1, 'admin', 'May do everything, everywhere.', 1, 0),
    ('0000000000000000000000RDNY', 2, 'read-only', 'May see everything and change nothing.', 1, 0);
insert into role_permissions (role_id, pattern) values
    ('0000000000000000000000ADM1', '*.*'),
    ('0000000000000000000000RDNY', 'users.read'), ('0000000000000000000000RDNY', 'users.list'),
    ('0000000000000000000000RDNY', 'roles.read'), ('0000000000000000000000RDNY', 'roles.list'),
    ('0000000000000000000000RDNY', 'tenants.read'), ('0000000000000000000000RDNY', 'tenants.list'),
    ('0000000000000000000000RDNY', 'groups.read'), ('0000000000000000000000RDNY', 'groups.list'),
    ('0000000000000000000000RDNY', 'credentials.read'), ('0000000000000000000000RDNY', 'credentials.list'),
    ('0000000000000000000000RDNY', 'tokens.read'), ('0000000000000000000000RDNY', 'tokens.list'),
    ('0000000000000000000000RDNY', 'audit.read'), ('0000000000000000000000RDNY', 'outbox.read'),
    ('0000000000000000000000RDNY', 'settings.read');
