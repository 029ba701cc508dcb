#!/bin/sh
# Run once by the postgres image on an empty volume: the role that owns Keel's tables. It is no
# superuser, since row level security does not bind one; CREATEROLE lets the first migration make
# keel_app, the role that requests run as.
set -eu

psql --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres \
  --set password="$KEEL_DATABASE_PASSWORD" <<'SQL'
create role keel login createrole nosuperuser password :'password';
create database keel owner keel encoding 'UTF8';
SQL
