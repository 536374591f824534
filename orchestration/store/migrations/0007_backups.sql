-- Each finished backup: when, where, under which name, and the hash of its manifest.
create table backup (
    backup_id integer primary key,
    finished_at text not null,
    folder text not null,
    name text not null,
    manifest_sha256 text not null,
    file_count integer not null,
    byte_count integer not null,
    is_complete integer not null
);
