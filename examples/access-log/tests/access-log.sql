--@test: a line is taken apart
RUN SCRIPT '../access-log.sql';
INSERT INTO lines VALUES ('83.149.9.216 - - [17/May/2015:10:05:03 +0000] "GET /presentations/a.png?x=1 HTTP/1.1" 200 203023 "http://semicomplete.com/" "Mozilla/5.0 (Macintosh)"');
INSERT INTO lines VALUES ('66.249.73.135 - - [17/May/2015:10:05:40 +0000] "GET /robots.txt HTTP/1.1" 404 - "-" "Googlebot/2.1"');

ASSERT VALUES requests (ROWTIME, client, method, path, status, bytes, referrer, agent, is_bot)
  VALUES ('2015-05-17T10:05:03Z', '83.149.9.216', 'GET', '/presentations/a.png', 200, 203023,
          'http://semicomplete.com/', 'Mozilla/5.0 (Macintosh)', FALSE);
ASSERT VALUES requests (client, path, status, bytes, referrer, is_bot)
  VALUES ('66.249.73.135', '/robots.txt', 404, NULL, NULL, TRUE);
ASSERT VALUES minutes (requests, bots, errors, bytes) VALUES (1, 0, 0, 203023);
ASSERT VALUES minutes (requests, bots, clients, errors, bytes, WINDOWSTART)
  VALUES (2, 1, 2, 1, 203023, '2015-05-17T10:05:00Z');

--@test: what is no request is kept as it is
RUN SCRIPT '../access-log.sql';
INSERT INTO lines VALUES ('a line without a time');

ASSERT VALUES unreadable_lake (offset, line) VALUES (0, 'a line without a time');
