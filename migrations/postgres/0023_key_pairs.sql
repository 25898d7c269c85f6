-- Key pairs allow what their patterns say, and no longer only what contract 004 takes one for (decision 0022). Those that
-- there are keep what they allowed: nobody who made one was asked for more.
update key_pairs set permissions = trim(
    case when ' ' || permissions || ' ' like '% users.add %' or ' ' || permissions || ' ' like '% users.* %'
        or ' ' || permissions || ' ' like '% *.* %' then 'users.add ' else '' end ||
    case when ' ' || permissions || ' ' like '% users.read %' or ' ' || permissions || ' ' like '% users.* %'
        or ' ' || permissions || ' ' like '% *.* %' then 'users.read ' else '' end ||
    case when ' ' || permissions || ' ' like '% users.list %' or ' ' || permissions || ' ' like '% users.* %'
        or ' ' || permissions || ' ' like '% *.* %' then 'users.list ' else '' end ||
    case when ' ' || permissions || ' ' like '% users.update %' or ' ' || permissions || ' ' like '% users.* %'
        or ' ' || permissions || ' ' like '% *.* %' then 'users.update ' else '' end ||
    case when ' ' || permissions || ' ' like '% users.update-roles %' or ' ' || permissions || ' ' like '% users.* %'
        or ' ' || permissions || ' ' like '% *.* %' then 'users.update-roles ' else '' end ||
    case when ' ' || permissions || ' ' like '% users.update-tenants %' or ' ' || permissions || ' ' like '% users.* %'
        or ' ' || permissions || ' ' like '% *.* %' then 'users.update-tenants ' else '' end ||
    case when ' ' || permissions || ' ' like '% users.enable %' or ' ' || permissions || ' ' like '% users.* %'
        or ' ' || permissions || ' ' like '% *.* %' then 'users.enable ' else '' end ||
    case when ' ' || permissions || ' ' like '% users.revoke %' or ' ' || permissions || ' ' like '% users.* %'
        or ' ' || permissions || ' ' like '% *.* %' then 'users.revoke ' else '' end ||
    case when ' ' || permissions || ' ' like '% roles.read %' or ' ' || permissions || ' ' like '% roles.* %'
        or ' ' || permissions || ' ' like '% *.* %' then 'roles.read ' else '' end ||
    case when ' ' || permissions || ' ' like '% roles.list %' or ' ' || permissions || ' ' like '% roles.* %'
        or ' ' || permissions || ' ' like '% *.* %' then 'roles.list ' else '' end ||
    case when ' ' || permissions || ' ' like '% tokens.add %' or ' ' || permissions || ' ' like '% tokens.* %'
        or ' ' || permissions || ' ' like '% *.* %' then 'tokens.add ' else '' end ||
    case when ' ' || permissions || ' ' like '% tokens.read %' or ' ' || permissions || ' ' like '% tokens.* %'
        or ' ' || permissions || ' ' like '% *.* %' then 'tokens.read ' else '' end ||
    case when ' ' || permissions || ' ' like '% tokens.list %' or ' ' || permissions || ' ' like '% tokens.* %'
        or ' ' || permissions || ' ' like '% *.* %' then 'tokens.list ' else '' end ||
    case when ' ' || permissions || ' ' like '% tokens.reveal %' or ' ' || permissions || ' ' like '% tokens.* %'
        or ' ' || permissions || ' ' like '% *.* %' then 'tokens.reveal ' else '' end ||
    case when ' ' || permissions || ' ' like '% tokens.update %' or ' ' || permissions || ' ' like '% tokens.* %'
        or ' ' || permissions || ' ' like '% *.* %' then 'tokens.update ' else '' end ||
    case when ' ' || permissions || ' ' like '% tokens.delete %' or ' ' || permissions || ' ' like '% tokens.* %'
        or ' ' || permissions || ' ' like '% *.* %' then 'tokens.delete ' else '' end);
