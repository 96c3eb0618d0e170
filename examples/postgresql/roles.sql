-- SPDX-License-Identifier: LGPL-2.1-or-later
--
-- roles.sql: who may do what in the database of a fleet.
--
--   createdb --encoding=UTF8 --template=template0 fleet
--   psql --dbname=fleet --file=roles.sql
--
-- Run it as the owner of the database; again after an update of libmachtype that says so. It makes
--
--   fleet_recorder   hosts that record: reads and writes records, makes no tables
--   fleet_reader     reports and audits: reads
--
-- as groups without a login. A login gets its rights by being in one of them:
--
--   CREATE ROLE host17 LOGIN IN ROLE fleet_recorder;
--
-- The tables are made by the owner's first command that writes, for example
--
--   machtype store copy /var/lib/machtype/records.db postgresql:dbname=fleet
--
-- before or after this.

\set ON_ERROR_STOP on

BEGIN;

DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'fleet_recorder') THEN
    CREATE ROLE fleet_recorder NOLOGIN;
  END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'fleet_reader') THEN
    CREATE ROLE fleet_reader NOLOGIN;
  END IF;
END
$$;

CREATE SCHEMA IF NOT EXISTS machtype;
REVOKE ALL ON SCHEMA machtype FROM PUBLIC;
GRANT USAGE ON SCHEMA machtype TO fleet_recorder, fleet_reader;

-- What is there, and what later releases add.
GRANT SELECT ON ALL TABLES IN SCHEMA machtype TO fleet_recorder, fleet_reader;
ALTER DEFAULT PRIVILEGES IN SCHEMA machtype GRANT SELECT ON TABLES TO fleet_recorder, fleet_reader;
GRANT INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA machtype TO fleet_recorder;
ALTER DEFAULT PRIVILEGES IN SCHEMA machtype GRANT INSERT, UPDATE, DELETE ON TABLES TO fleet_recorder;

-- The version of the tables is the owner's.
DO $$
BEGIN
  IF to_regclass('machtype.store') IS NOT NULL THEN
    REVOKE INSERT, UPDATE, DELETE ON machtype.store FROM fleet_recorder;
  END IF;
END
$$;

COMMIT;
