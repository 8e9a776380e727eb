-- What led to a nomination is in its causation, also where it is nominated once more.
alter table nomination drop column caused_by;
