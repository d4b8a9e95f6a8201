//! Tests of whole networks and of their parts together.

mod adversary;
mod certificates;
mod crash;
mod cross_check;
mod damage;
mod documents;
mod end_to_end;
mod events;
mod full_disk;
mod handover;
mod last_signed;
mod members;
mod network;
mod operate;
mod partition;
mod privacy;
mod published;
mod race;
mod readme;
mod snapshot;
mod threshold_key;
mod twins;
mod validators;
mod workflows;
