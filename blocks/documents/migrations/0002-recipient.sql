-- Who asked for a document and received it, where that is not the person it is about: a parent with the certificate of a child.
-- Nothing is here for all documents of before, which went to the person they are about.
alter table documents.document
  add column recipient text,
  add constraint document_recipient_is_another check (recipient <> subject);
create index document_recipient on documents.document (recipient, issued_at) where recipient is not null;
