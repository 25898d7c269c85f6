-- Mail that waits and mail that failed is looked at by itself: beside all that was sent it is little.
create index messages_waiting_by_id on messages (id) where sent_at is null and failed_at is null;
create index messages_failed_by_id on messages (id) where failed_at is not null;

-- Invitations that wait, of everybody and of one tenant, the newest first.
create index memberships_pending on memberships (id) where status = 'pending' and kind = 'human';
create index memberships_pending_by_tenant on memberships (tenant_id, id) where status = 'pending' and kind = 'human';

-- Whoever would have to set up a second factor if one were required of everybody.
create index users_without_factor on users (id)
    where second_factor = 'none' and not second_factor_required and disabled_at is null and kind = 'human';
