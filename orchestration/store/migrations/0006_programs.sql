-- Which program brought the ledger to which version: an older one says which is needed.
create table program (
    ledger_version integer primary key,
    program_version text not null,
    migrated_at text not null
);
