-- How far the people of a group are told that its access ends: the id of the last who was.
alter table grants add column reminded_to blob;
