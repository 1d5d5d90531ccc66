-- Digest of what was sent with the number of an act: the same number with something else is refused. None where the sender is a block.
alter table registry.act add column fingerprint text;

-- The desk lists the imports of its registers, newest first.
create index import_register on registry.import (register, id);

-- Addresses of contests name the contest alone: the key of the record may be the number of a person.
create index contest_id on registry.contest (id);
