-- Here the one chain ends: what comes later is counted by each area for itself. A program from before areas refuses the database by this number.
create table schema_area (
    area text not null,
    version integer not null,
    name text not null,
    sha256 text not null,
    applied_at text not null,
    primary key (area, version)
);
