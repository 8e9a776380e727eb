-- The runtime's own tables: what was received, what is to be said, what is to be done, and when.

-- One row a message and consumer: what is here was decided on and committed (ARCHITECTURE rules 1 and 4).
CREATE TABLE inbox (
  consumer    text NOT NULL,
  origin      text NOT NULL,
  message_id  text NOT NULL,
  body_hash   bytea NOT NULL,
  received_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (consumer, origin, message_id)
);
-- Rows arrive in the order of time, so block ranges are enough for pruning and cost nothing to keep.
CREATE INDEX inbox_received_at ON inbox USING brin (received_at);

-- Written before a redelivered message is handled, so that one that kills its process is found out.
CREATE TABLE delivery_attempt (
  consumer   text NOT NULL,
  origin     text NOT NULL,
  message_id text NOT NULL,
  attempts   integer NOT NULL,
  last_at    timestamptz NOT NULL,
  PRIMARY KEY (consumer, origin, message_id)
);

-- What is to be said. `next_at` is when a relay may take the row: it doubles as the lease of the relay that has it.
CREATE TABLE outbox (
  id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  message_id       uuid NOT NULL,
  exchange         text NOT NULL,
  routing_key      text NOT NULL,
  headers          jsonb NOT NULL,
  body             bytea NOT NULL,
  content_type     text NOT NULL,
  content_encoding text NOT NULL,
  persistent       boolean NOT NULL,
  mandatory        boolean NOT NULL,
  on_returned_kind text,
  on_returned_key  text,
  created_at       timestamptz NOT NULL DEFAULT now(),
  published_at     timestamptz,
  attempts         integer NOT NULL DEFAULT 0,
  next_at          timestamptz NOT NULL DEFAULT now(),
  last_error       text,
  CHECK ((on_returned_kind IS NULL) = (on_returned_key IS NULL))
);
CREATE INDEX outbox_unpublished ON outbox (next_at, id) WHERE published_at IS NULL;
CREATE INDEX outbox_published_at ON outbox USING brin (published_at);
CREATE INDEX outbox_message_id ON outbox (message_id);

-- An effect that a message asked for. The run id is the fence: only the run that holds it may complete the job.
CREATE TABLE job (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind        text NOT NULL,
  key         text NOT NULL,
  inputs      jsonb NOT NULL,
  cause       jsonb NOT NULL,
  state       text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'done', 'dead')),
  due         timestamptz NOT NULL,
  attempts    integer NOT NULL DEFAULT 0,
  run_id      uuid,
  lease_until timestamptz,
  last_error  text,
  -- Asked for again while it ran: {inputs, cause, due} of the next time.
  again       jsonb,
  created_at  timestamptz NOT NULL DEFAULT now(),
  started_at  timestamptz,
  ended_at    timestamptz,
  UNIQUE (kind, key),
  CHECK ((state = 'running') = (run_id IS NOT NULL AND lease_until IS NOT NULL))
);
CREATE INDEX job_waiting ON job (kind, due) WHERE state = 'waiting';
CREATE INDEX job_running ON job (kind, lease_until) WHERE state = 'running';
CREATE INDEX job_ended ON job (ended_at) WHERE state = 'done';

CREATE TABLE timer (
  kind    text NOT NULL,
  key     text NOT NULL,
  due     timestamptz NOT NULL,
  payload jsonb NOT NULL,
  cause   jsonb NOT NULL,
  set_at  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (kind, key)
);
CREATE INDEX timer_due ON timer (due);

-- Messages that could not be handled yet, as they came. `due` is also the lease of the process that tries one again.
CREATE TABLE deferred (
  id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  consumer         text NOT NULL,
  origin           text NOT NULL,
  message_id       text NOT NULL,
  body_hash        bytea NOT NULL,
  exchange         text NOT NULL,
  topic            text NOT NULL,
  content_type     text,
  content_encoding text,
  headers          jsonb NOT NULL,
  body             bytea NOT NULL,
  -- `failed`: dead after five attempts. `newer-major`: waits for a version of flibs that knows it.
  reason           text NOT NULL CHECK (reason IN ('failed', 'newer-major')),
  attempts         integer NOT NULL,
  due              timestamptz NOT NULL,
  error            text NOT NULL,
  deferred_at      timestamptz NOT NULL DEFAULT now(),
  UNIQUE (consumer, origin, message_id, body_hash)
);
CREATE INDEX deferred_due ON deferred (consumer, due);

-- The end of a message that nobody can use; the same one twice is counted, not written twice.
CREATE TABLE dead_letter (
  id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  consumer         text NOT NULL,
  origin           text NOT NULL,
  reason           text NOT NULL,
  message_id       text NOT NULL,
  body_hash        bytea NOT NULL,
  exchange         text NOT NULL,
  topic            text NOT NULL,
  content_type     text,
  content_encoding text,
  headers          jsonb NOT NULL,
  body             bytea NOT NULL,
  times            integer NOT NULL DEFAULT 1,
  at               timestamptz NOT NULL DEFAULT now(),
  UNIQUE (consumer, origin, message_id, body_hash)
);
CREATE INDEX dead_letter_at ON dead_letter (at);

-- Messages of no interest leave no row of their own: they are counted, with the last one as a sample.
CREATE TABLE ignored (
  consumer text NOT NULL,
  topic    text NOT NULL,
  reason   text NOT NULL,
  count    bigint NOT NULL,
  sample   jsonb NOT NULL,
  first_at timestamptz NOT NULL DEFAULT now(),
  last_at  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (consumer, topic, reason)
);
