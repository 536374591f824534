-- The ledger: what arrived, what was read, what was judged. Rows are added, never changed.

create table if not exists arrival (
    delivery_id integer primary key autoincrement,
    month text not null,
    district_id text not null,
    kind text not null,
    version integer not null,
    file_name text not null,
    sha256 text not null,
    size integer not null,
    parts text not null, -- JSON list of {file_name, sha256}: more than one when files collide
    arrived_at text not null,
    unique (month, district_id, kind, version)
) strict;

create table if not exists withdrawal (
    delivery_id integer primary key references arrival (delivery_id),
    withdrawn_at text not null,
    reason text not null
) strict;

create table if not exists reading (
    delivery_id integer not null references arrival (delivery_id),
    reader_version text not null,
    landing_sha256 text not null,
    content text not null, -- JSON of the reading: row roles, columns, problems
    read_at text not null,
    primary key (delivery_id, reader_version)
) strict;

create table if not exists judgement (
    judgement_id integer primary key autoincrement,
    month text not null,
    district_id text not null,
    kind text not null,
    delivery_id integer references arrival (delivery_id),
    fingerprint text not null, -- what the district's judgement was computed from
    state text not null,
    as_at text,
    row_count integer,
    accepted_count integer,
    quarantined_count integer,
    itemised_count integer,
    files text not null, -- JSON by name (accepted, quarantine, findings, …): path below home and sha256
    judged_at text not null
) strict;

create index if not exists judgement_of_month on judgement (month, district_id, kind);

create table if not exists verdict (
    judgement_id integer not null references judgement (judgement_id),
    rule_id text not null,
    dimension text not null,
    severity text not null,
    outcome text not null,
    failing_count integer,
    checked_count integer,
    reason text,
    primary key (judgement_id, rule_id)
) strict;

create table if not exists publication (
    publication_id integer primary key autoincrement,
    month text not null,
    fingerprint text not null, -- what the published month was computed from
    published_at text not null
) strict;

create table if not exists sample (
    sample_id integer primary key autoincrement,
    month text not null, -- whose accepted building ledgers are the frame
    size integer not null,
    seed integer not null,
    frame_sha256 text not null,
    frame_count integer not null,
    absent text not null, -- JSON list of the districts without an accepted ledger
    file text not null, -- JSON of {path, sha256}: the drawn rows, below home
    drawn_at text not null
) strict;

create table if not exists match_decision (
    decision_id integer primary key autoincrement,
    building_code text not null,
    doorplate_code text not null,
    verdict text not null check (verdict in ('same', 'different', 'unclear')),
    decided_by text not null,
    decided_on text not null,
    note text,
    recorded_at text not null
) strict;

create index if not exists match_decision_of_pair on match_decision (building_code, doorplate_code);
