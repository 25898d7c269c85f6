-- What programs say of people (contracts 000 and 002).

-- What a program keeps beside the address; only shown to programs.
alter table users add column email_hints text not null default '{}';
-- Whoever was made so far was made by somebody who vouched for the address.
update users set email_verified_at = created_at where email_verified_at is null;

alter table groups add column updated_at integer not null default 0;
update groups set updated_at = created_at;

-- Lists of programs go by when something was made, or came into the tenant.
create index memberships_by_tenant_and_time on memberships (tenant_id, created_at, user_id);
create index groups_by_tenant_and_time on groups (tenant_id, created_at, id);
create index clients_by_tenant_and_time on clients (tenant_id, created_at, id);
