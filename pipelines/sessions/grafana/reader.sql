-- Whom Grafana connects as: it reads, and changes nothing.
CREATE ROLE grafana LOGIN PASSWORD 'grafana';
GRANT pg_read_all_data TO grafana;
