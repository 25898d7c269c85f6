-- The log's columns say what the code says: an event records an action, and holds the data of an undo command.

alter table events rename column verb to action;
alter table events rename column inverse to undo_data;
