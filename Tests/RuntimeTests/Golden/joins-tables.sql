-- Streams that meet tables, tables that meet tables, and chains of them.
CREATE STREAM orders (id STRING KEY, user STRING, total INT)
  WITH (kafka_topic = 'orders', value_format = 'JSON');
CREATE TABLE users (id STRING PRIMARY KEY, name STRING, city STRING)
  WITH (kafka_topic = 'users', value_format = 'JSON');
CREATE TABLE ages (id STRING PRIMARY KEY, age INT) WITH (kafka_topic = 'ages', value_format = 'JSON');
CREATE TABLE cities (name STRING PRIMARY KEY, country STRING)
  WITH (kafka_topic = 'cities', value_format = 'JSON');
CREATE STREAM named_orders AS
  SELECT o.user, o.id AS order_id, u.name AS name
  FROM orders o LEFT JOIN users u ON o.user = u.id;
CREATE STREAM placed_orders AS
  SELECT c.name, o.id AS order_id, u.name AS user_name, country
  FROM orders o JOIN users u ON o.user = u.id LEFT JOIN cities c ON u.city = c.name;
CREATE TABLE profiles AS
  SELECT u.id, u.name AS name, age FROM users u JOIN ages a ON u.id = a.id;
CREATE TABLE adults AS
  SELECT ROWKEY AS id, u.name AS name, age FROM users u FULL JOIN ages a ON u.id = a.id
  WHERE age >= 18 OR age IS NULL;
CREATE TABLE countries AS
  SELECT u.id, u.name AS name, country FROM users u LEFT JOIN cities c ON u.city = c.name;
CREATE TABLE chain AS
  SELECT u.id, country, age FROM users u JOIN cities c ON u.city = c.name LEFT JOIN ages a ON u.id = a.id;
CREATE TABLE by_country AS
  SELECT country, COUNT(*) AS users, SUM(age) AS years
  FROM users u JOIN cities c ON u.city = c.name LEFT JOIN ages a ON u.id = a.id
  GROUP BY country;
CREATE TABLE spent AS SELECT user, SUM(total) AS total FROM orders GROUP BY user;
CREATE TABLE spenders AS
  SELECT s.user AS id, u.name AS name, total FROM spent s JOIN users u ON s.user = u.id;
CREATE STREAM running AS
  SELECT o.user, o.id AS order_id, s.total AS before
  FROM orders o LEFT JOIN spent s ON o.user = s.user;
-- What is taken back from an aggregate is what it got: a joined row has the time of its newer side.
CREATE TABLE times AS
  SELECT u.id, 'all' AS part FROM users u LEFT JOIN ages a ON u.id = a.id;
CREATE TABLE spans AS SELECT part, COUNT(*) AS users, SUM(ROWTIME) AS at FROM times GROUP BY part;
--- records
-- {"topic": "orders", "key": "o1", "value": {"user": "u1", "total": 5}, "timestamp": 1}
-- {"topic": "users", "key": "u1", "value": {"name": "Ann", "city": "Ulm"}, "timestamp": 2}
-- {"topic": "cities", "key": "Ulm", "value": {"country": "DE"}, "timestamp": 3}
-- {"topic": "users", "key": "u2", "value": {"name": "Bob", "city": "Ulm"}, "timestamp": 4}
-- {"topic": "ages", "key": "u1", "value": {"age": 30}, "timestamp": 5}
-- {"topic": "ages", "key": "u3", "value": {"age": 12}, "timestamp": 6}
-- {"topic": "orders", "key": "o2", "value": {"user": "u1", "total": 7}, "timestamp": 7}
-- {"topic": "orders", "key": "o3", "value": {"user": "u2", "total": 2}, "timestamp": 8}
-- {"topic": "orders", "key": "o4", "value": {"user": null, "total": 1}, "timestamp": 9}
-- {"topic": "orders", "key": "o5", "value": null, "timestamp": 10}
-- {"topic": "users", "key": "u1", "value": {"name": "Ann", "city": "Rom"}, "timestamp": 11}
-- {"topic": "users", "key": "u4", "value": {"name": "Eve", "city": "Ulm"}, "timestamp": 12}
-- {"topic": "cities", "key": "Rom", "value": {"country": "IT"}, "timestamp": 13}
-- {"topic": "orders", "key": "o6", "value": {"user": "u1", "total": 4}, "timestamp": 14}
-- {"topic": "users", "key": "u2", "value": null, "timestamp": 15}
-- {"topic": "ages", "key": "u4", "value": {"age": 44}, "timestamp": 16}
-- {"topic": "cities", "key": "Ulm", "value": {"country": "BW"}, "timestamp": 17}
-- {"topic": "users", "key": "u3", "value": {"name": "Cid", "city": null}, "timestamp": 18}
-- {"topic": "ages", "key": "u1", "value": {"age": 31}, "timestamp": 19}
-- {"topic": "cities", "key": "Rom", "value": null, "timestamp": 20}
-- {"topic": "orders", "key": "o7", "value": {"user": "u1", "total": 1}, "timestamp": 21}
--- output NAMED_ORDERS
-- {"USER":"u1","ORDER_ID":"o1","NAME":null}
-- {"USER":"u1","ORDER_ID":"o2","NAME":"Ann"}
-- {"USER":"u2","ORDER_ID":"o3","NAME":"Bob"}
-- {"USER":null,"ORDER_ID":"o4","NAME":null}
-- {"USER":"u1","ORDER_ID":"o6","NAME":"Ann"}
-- {"USER":"u1","ORDER_ID":"o7","NAME":"Ann"}
--- output PLACED_ORDERS
-- {"C_NAME":"Ulm","ORDER_ID":"o2","USER_NAME":"Ann","COUNTRY":"DE"}
-- {"C_NAME":"Ulm","ORDER_ID":"o3","USER_NAME":"Bob","COUNTRY":"DE"}
-- {"C_NAME":"Rom","ORDER_ID":"o6","USER_NAME":"Ann","COUNTRY":"IT"}
-- {"C_NAME":"Rom","ORDER_ID":"o7","USER_NAME":"Ann","COUNTRY":null}
--- output PROFILES
-- {"U_ID":"u1","NAME":"Ann","AGE":31}
-- {"U_ID":"u3","NAME":"Cid","AGE":12}
-- {"U_ID":"u4","NAME":"Eve","AGE":44}
--- output ADULTS
-- {"ID":"u1","NAME":"Ann","AGE":31}
-- {"ID":"u4","NAME":"Eve","AGE":44}
--- output COUNTRIES
-- {"ID":"u1","NAME":"Ann","COUNTRY":null}
-- {"ID":"u3","NAME":"Cid","COUNTRY":null}
-- {"ID":"u4","NAME":"Eve","COUNTRY":"BW"}
--- output CHAIN
-- {"U_ID":"u4","COUNTRY":"BW","AGE":44}
--- output BY_COUNTRY
-- {"COUNTRY":"BW","USERS":1,"YEARS":44}
--- output SPENT
-- {"USER":"u1","TOTAL":17}
-- {"USER":"u2","TOTAL":2}
--- output SPENDERS
-- {"ID":"u1","NAME":"Ann","TOTAL":17}
--- output RUNNING
-- {"O_USER":"u1","ORDER_ID":"o1","BEFORE":null}
-- {"O_USER":"u1","ORDER_ID":"o2","BEFORE":5}
-- {"O_USER":"u2","ORDER_ID":"o3","BEFORE":null}
-- {"O_USER":null,"ORDER_ID":"o4","BEFORE":null}
-- {"O_USER":"u1","ORDER_ID":"o6","BEFORE":12}
-- {"O_USER":"u1","ORDER_ID":"o7","BEFORE":16}
--- output SPANS
-- {"PART":"all","USERS":3,"AT":53}
