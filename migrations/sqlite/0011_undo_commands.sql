-- What takes a change back is a command with a kind, a version and the ids of what it is about. Rows written before have
-- version 0, and say their kind in the text, which stays as it is. `format` says how a row's hash is made.

alter table events add column format integer not null default 1;
alter table events add column undo_kind text;
alter table events add column undo_version integer;
alter table events add column undo_subject text;

update events set undo_version = 0, undo_kind = json_extract(inverse, '$.do') where inverse is not null;
update events set undo_subject = case undo_kind
    when 'give' then json_extract(inverse, '$.grant.id')
    when 'take' then json_extract(inverse, '$.grant')
    when 'set-terms' then json_extract(inverse, '$.grant')
    when 'set-role' then json_extract(inverse, '$.role')
    when 'delete-role' then json_extract(inverse, '$.role')
    when 'restore-role' then json_extract(inverse, '$.role')
    when 'update-group' then json_extract(inverse, '$.group')
    when 'delete-group' then json_extract(inverse, '$.group')
    when 'restore-group' then json_extract(inverse, '$.group')
    when 'add-to-group' then json_extract(inverse, '$.group') || ' '
        || coalesce(json_extract(inverse, '$.member.user'), json_extract(inverse, '$.member.group'))
    when 'remove-from-group' then json_extract(inverse, '$.group') || ' '
        || coalesce(json_extract(inverse, '$.member.user'), json_extract(inverse, '$.member.group'))
    when 'update-tenant' then json_extract(inverse, '$.tenant')
    when 'delete-tenant' then json_extract(inverse, '$.tenant')
    when 'restore-tenant' then json_extract(inverse, '$.id')
    when 'add-membership' then json_extract(inverse, '$.user') || ' ' || json_extract(inverse, '$.membership.tenant_id')
    when 'set-membership' then json_extract(inverse, '$.user') || ' ' || json_extract(inverse, '$.tenant')
    when 'remove-membership' then json_extract(inverse, '$.user') || ' ' || json_extract(inverse, '$.tenant')
    when 'make-owner' then json_extract(inverse, '$.user') || ' ' || json_extract(inverse, '$.tenant')
    when 'end-ownership' then json_extract(inverse, '$.user') || ' ' || json_extract(inverse, '$.tenant')
    else json_extract(inverse, '$.user')
    end
where inverse is not null;
create index events_by_undo on events (undo_subject, undo_kind, seq) where undo_subject is not null;
