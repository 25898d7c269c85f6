-- Members as programs that count see them (contract 001): by the number of their user, which stands beside it so that a page
-- of a large tenant is read from an index, and with the moment at which such a program last changed them.
alter table memberships add column number integer not null default 0;
update memberships set number = (select number from users where users.id = memberships.user_id);
create index memberships_by_number on memberships (tenant_id, number);
create index memberships_active_by_number on memberships (tenant_id, number) where status = 'active';
create trigger memberships_numbered after insert on memberships when new.number = 0 begin
    update memberships set number = (select number from users where id = new.user_id) where id = new.id;
end;
alter table memberships add column updated_at integer;

-- Refresh tokens end by themselves, as access tokens do.
drop index access_tokens_by_end;
create index passing_tokens_by_end on tokens (expires_at) where kind in ('access', 'refresh');

-- Who owns a tenant is asked for each of its tokens.
create index memberships_owner on memberships (tenant_id) where is_owner;
