CREATE TABLE entries (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  author     text        NOT NULL,
  message    text        NOT NULL,
  reply      text,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX entries_without_reply ON entries (id) WHERE reply IS NULL;
