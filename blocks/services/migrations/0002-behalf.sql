-- Who acted for the applicant, and that with the mandate as the actor is named in records; nothing where the applicant did.
alter table services."case" add column acted_by text;
alter table services."case" add column acted_as text;
create index case_document on services."case" (document_id) where document_id is not null;
