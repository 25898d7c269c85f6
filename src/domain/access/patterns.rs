//! What the grants of one place allow, as SQL: said once, for whoever is calling and for anybody else.

/// The patterns of a group of rows `e` of `effective_grants`, apart by blanks.
macro_rules! patterns {
    () => {
        "string_agg(coalesce(e.permission, (select string_agg(p.pattern, ' ')
            from role_permissions p where p.role_id = e.role_id), ''), ' ')"
    };
}
pub(crate) use patterns;
