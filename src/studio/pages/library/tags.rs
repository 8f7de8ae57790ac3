//! Tags as they are typed: with commas between them, bounded in number and length, and what has no room is told.

use crate::{
    plural::counted,
    studio::{actions::Action, context::Context, toasts::Tone},
};

/// So many letters a tag may have, and so many tags a composition.
const TAG_CHARS: usize = 40;
const TAGS: usize = 12;

/// What of the tags in some texts had no room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lost {
    /// Tags that were left out.
    tags: usize,
    /// Tags that were cut.
    cut: usize,
}

/// The tags in the text of each composition, by its id, and what had no room.
pub fn tags_of_all(texts: impl IntoIterator<Item = (u64, String)>) -> (Vec<(u64, Vec<String>)>, Lost) {
    let mut lost = Lost::default();
    let all = texts.into_iter().map(|(id, text)| (id, tags_from(&text, &mut lost))).collect();
    (all, lost)
}

fn tags_from(text: &str, lost: &mut Lost) -> Vec<String> {
    let mut tags: Vec<String> = Vec::new();
    for typed in text.split(',').map(str::trim).filter(|tag| !tag.is_empty()) {
        let tag: String = typed.chars().take(TAG_CHARS).collect();
        if tags.contains(&tag) {
            continue;
        }
        if tags.len() == TAGS {
            lost.tags += 1;
        } else {
            lost.cut += usize::from(tag != typed);
            tags.push(tag);
        }
    }
    tags
}

/// Says what had no room, if something had none.
pub fn say_lost(context: &Context<'_>, lost: Lost) {
    let too_many =
        (lost.tags > 0).then(|| format!("A composition can have {TAGS} tags: {} left out", counted_were(lost.tags)));
    let too_long =
        (lost.cut > 0).then(|| format!("A tag can have {TAG_CHARS} letters: {} shortened", counted_were(lost.cut)));
    for told in too_many.into_iter().chain(too_long) {
        context.ask(Action::Say(Tone::Warning, told));
    }
}

fn counted_were(count: usize) -> String {
    format!("{} {}", counted(count, "tag"), if count == 1 { "was" } else { "were" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_room_is_counted() {
        let many: Vec<String> = (0..14).map(|tag| format!("tag {tag}")).collect();
        let long = "x".repeat(TAG_CHARS + 1);
        let (tags, lost) = tags_of_all([(1, many.join(", ")), (2, format!("{long}, a, a,, b "))]);
        assert_eq!((tags[0].1.len(), lost), (TAGS, Lost { tags: 2, cut: 1 }));
        assert_eq!(tags[1].1, [&long[1..], "a", "b"]);
    }
}
