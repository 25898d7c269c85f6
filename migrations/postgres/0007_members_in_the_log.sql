-- Whom a change of a group or a tenant is about: the log of a person holds what was done to their memberships, too.
alter table events add column member_id text;
create index events_by_member on events (member_id, seq) where member_id is not null;
