//! What actors can be in conflict about. A skeleton says what is there, how an actor can change it,
//! and how one can look; which of it a program has is drawn.

mod attributes;
mod data;
mod descriptor;
mod links;
mod locks;
mod names;
pub(super) mod scan;
mod tree;

use super::sketch::{Sketch, Steps};

/// One kind of conflict.
#[derive(Debug)]
pub struct Skeleton {
    /// Kebab-case name.
    pub name: &'static str,
    /// What the actors are in conflict about.
    pub about: &'static str,
    /// How often it is drawn, beside the others.
    pub weight: u32,
    /// Says what is there.
    pub lay: fn(&mut Sketch<'_>),
    /// Something that changes it.
    pub change: fn(&mut Sketch<'_>) -> Steps,
    /// Something that looks at it.
    pub look: fn(&mut Sketch<'_>) -> Steps,
}

/// All of them.
pub const SKELETONS: [&Skeleton; 14] = [
    &names::SHARED_NAME,
    &names::REPLACED_NAME,
    &names::CREATED_NAME,
    &links::HARD_LINK,
    &links::SYMLINK_SWITCH,
    &tree::PARENT_AND_CHILD,
    &tree::CROSSED_RENAMES,
    &scan::SCAN,
    &descriptor::HELD,
    &descriptor::SHARED_DESCRIPTOR,
    &data::READ_AND_WRITE,
    &data::APPEND,
    &locks::LOCKS,
    &attributes::ATTRIBUTES,
];

/// The skeleton of that name.
pub fn find(name: &str) -> Option<&'static Skeleton> {
    SKELETONS.into_iter().find(|skeleton| skeleton.name == name)
}
