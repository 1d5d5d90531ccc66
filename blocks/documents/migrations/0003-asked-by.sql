-- Who asked for the document on behalf of the recipient and by which mandate, as the actor is named in records.
alter table documents.document add column asked_by text;
