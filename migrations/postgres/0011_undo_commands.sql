-- What takes a change back is a command with a kind, a version and the ids of what it is about. Rows written before have
-- version 0, and say their kind in the text, which stays as it is. `format` says how a row's hash is made.

alter table events add column format bigint not null default 1;
alter table events add column undo_kind text;
alter table events add column undo_version bigint;
alter table events add column undo_subject text;

update events set undo_version = 0, undo_kind = (inverse::json #>> '{do}') where inverse is not null;
update events set undo_subject = case undo_kind
    when 'give' then (inverse::json #>> '{grant,id}')
    when 'take' then (inverse::json #>> '{grant}')
    when 'set-terms' then (inverse::json #>> '{grant}')
    when 'set-role' then (inverse::json #>> '{role}')
    when 'delete-role' then (inverse::json #>> '{role}')
    when 'restore-role' then (inverse::json #>> '{role}')
    when 'update-group' then (inverse::json #>> '{group}')
    when 'delete-group' then (inverse::json #>> '{group}')
    when 'restore-group' then (inverse::json #>> '{group}')
    when 'add-to-group' then (inverse::json #>> '{group}') || ' '
        || coalesce((inverse::json #>> '{member,user}'), (inverse::json #>> '{member,group}'))
    when 'remove-from-group' then (inverse::json #>> '{group}') || ' '
        || coalesce((inverse::json #>> '{member,user}'), (inverse::json #>> '{member,group}'))
    when 'update-tenant' then (inverse::json #>> '{tenant}')
    when 'delete-tenant' then (inverse::json #>> '{tenant}')
    when 'restore-tenant' then (inverse::json #>> '{id}')
    when 'add-membership' then (inverse::json #>> '{user}') || ' ' || (inverse::json #>> '{membership,tenant_id}')
    when 'set-membership' then (inverse::json #>> '{user}') || ' ' || (inverse::json #>> '{tenant}')
    when 'remove-membership' then (inverse::json #>> '{user}') || ' ' || (inverse::json #>> '{tenant}')
    when 'make-owner' then (inverse::json #>> '{user}') || ' ' || (inverse::json #>> '{tenant}')
    when 'end-ownership' then (inverse::json #>> '{user}') || ' ' || (inverse::json #>> '{tenant}')
    else (inverse::json #>> '{user}')
    end
where inverse is not null;
create index events_by_undo on events (undo_subject, undo_kind, seq) where undo_subject is not null;
