-- The ledger as it was at the first version: what arrived, what was read, what was judged,
-- drawn and decided. Rows are added, never changed. A change is another step, never an edit here.

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
create table if not exists release_decision (
    decision_id integer primary key autoincrement,
    month text not null,
    vintage integer not null,
    action text not null, -- release, erratum, withdraw or unlock
    status text, -- of a release: provisional or final
    decided_at text not null,
    reason_code text,
    note text not null,
    decided_by text not null,
    manifest_sha256 text, -- of a release
    accepted_differences text not null -- JSON list of {district_id, measure, ledger_value, reported_value, difference}
) strict;

create unique index if not exists release_is_made_once
on release_decision (month, vintage) where action = 'release';

create table if not exists audit (
    entry_id integer primary key autoincrement,
    recorded_at text not null,
    event text not null,
    fact_key integer not null, -- key of the row that the entry tells of
    content text not null, -- that row, as it was inserted
    previous_hash text not null,
    hash text not null
) strict;

-- A fact is never changed or removed, whoever opens the file: another row says what is new.
create trigger if not exists arrival_refuses_update before update on arrival
begin select raise(abort, 'the ledger only grows: arrival'); end;
create trigger if not exists arrival_refuses_delete before delete on arrival
begin select raise(abort, 'the ledger only grows: arrival'); end;
create trigger if not exists withdrawal_refuses_update before update on withdrawal
begin select raise(abort, 'the ledger only grows: withdrawal'); end;
create trigger if not exists withdrawal_refuses_delete before delete on withdrawal
begin select raise(abort, 'the ledger only grows: withdrawal'); end;
create trigger if not exists judgement_refuses_update before update on judgement
begin select raise(abort, 'the ledger only grows: judgement'); end;
create trigger if not exists judgement_refuses_delete before delete on judgement
begin select raise(abort, 'the ledger only grows: judgement'); end;
create trigger if not exists verdict_refuses_update before update on verdict
begin select raise(abort, 'the ledger only grows: verdict'); end;
create trigger if not exists verdict_refuses_delete before delete on verdict
begin select raise(abort, 'the ledger only grows: verdict'); end;
create trigger if not exists publication_refuses_update before update on publication
begin select raise(abort, 'the ledger only grows: publication'); end;
create trigger if not exists publication_refuses_delete before delete on publication
begin select raise(abort, 'the ledger only grows: publication'); end;
create trigger if not exists release_decision_refuses_update before update on release_decision
begin select raise(abort, 'the ledger only grows: release_decision'); end;
create trigger if not exists release_decision_refuses_delete before delete on release_decision
begin select raise(abort, 'the ledger only grows: release_decision'); end;
create trigger if not exists sample_refuses_update before update on sample
begin select raise(abort, 'the ledger only grows: sample'); end;
create trigger if not exists sample_refuses_delete before delete on sample
begin select raise(abort, 'the ledger only grows: sample'); end;
create trigger if not exists audit_refuses_update before update on audit
begin select raise(abort, 'the ledger only grows: audit'); end;
create trigger if not exists audit_refuses_delete before delete on audit
begin select raise(abort, 'the ledger only grows: audit'); end;
create trigger if not exists match_decision_refuses_update before update on match_decision
begin select raise(abort, 'the ledger only grows: match_decision'); end;
create trigger if not exists match_decision_refuses_delete before delete on match_decision
begin select raise(abort, 'the ledger only grows: match_decision'); end;
