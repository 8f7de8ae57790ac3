//! Windows of all sizes: nothing of the bars is cut off or covered, and there is a roll to work in.

use cantus::studio::pages::compose::Side;
use eframe::egui::{Rect, pos2, vec2};

use super::{commands::walk, *};

/// Sizes in points: a large screen, a laptop, the smallest window, and both again where everything is twice as large.
const SIZES: [[f32; 2]; 5] = [[1600.0, 1000.0], [1280.0, 800.0], [1024.0, 640.0], [800.0, 500.0], [640.0, 400.0]];

/// Names and places of all that can be clicked above a height.
fn controls_above(harness: &Harness<'static, Studio>, height: f32) -> Vec<(String, Rect)> {
    use eframe::egui::accesskit::{Action, Role};
    let mut controls = Vec::new();
    walk(harness.root().accesskit_node(), &mut |node| {
        let can = node.data().supports_action(Action::Click) && !node.is_hidden();
        let plain = matches!(node.role(), Role::GenericContainer | Role::Window | Role::ScrollView | Role::Label);
        let Some(place) = node.bounding_box().filter(|_| can && !plain) else {
            return;
        };
        let [x0, y0, x1, y1] = [place.x0, place.y0, place.x1, place.y1].map(|at| at as f32);
        let rect = Rect::from_min_max(pos2(x0, y0), pos2(x1, y1));
        if rect.bottom() < height && rect.area() > 0.0 {
            controls.push((node.label().or_else(|| node.value()).unwrap_or_default(), rect));
        }
    });
    controls
}

#[test]
fn the_bars_are_whole_and_the_roll_has_room_in_windows_of_all_sizes() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    with_model(&mut harness);
    let with_and_without = [false, true].into_iter().flat_map(|steps| SIZES.map(|size| (steps, size)));
    for (first_steps, [width, height]) in with_and_without {
        harness.state_mut().pages.compose.welcome.is_open = first_steps;
        harness.set_size(vec2(width, height));
        harness.run_steps(4);
        let area = harness.state().pages.compose.editor.roll.coordinates().area();
        let least = if first_steps { 50.0 } else { 60.0 };
        assert!(area.width() >= 200.0 && area.height() >= least, "{width}: the notes have {area:?}");
        let controls = controls_above(&harness, area.top());
        for name in ["Play", "Record", "Tempo", "Key", "Panic: silence everything", "Pencil", "Generate panel"] {
            assert!(controls.iter().any(|(of, _)| of == name), "{width}: no {name} among {controls:?}");
        }
        for (index, (name, rect)) in controls.iter().enumerate() {
            assert!(rect.left() >= 0.0 && rect.right() <= width, "{width}: {name} at {rect:?}");
            for (other, at) in &controls[..index] {
                let shared = rect.shrink(1.0).intersect(at.shrink(1.0));
                assert!(!shared.is_positive(), "{width}: {name} and {other} at {shared:?}");
            }
        }
    }
}

#[test]
fn side_panels_are_closed_and_opened_and_make_room_for_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    with_model(&mut harness);
    let shown = |harness: &Harness<'static, Studio>| {
        let studio = harness.state();
        let width = harness.ctx.content_rect().width();
        [Side::Left, Side::Right]
            .map(|side| studio.pages.compose.shows_panel(side, &studio.services.preferences, width))
    };
    assert_eq!(shown(&harness), [true, true]);
    let wide = harness.state().pages.compose.editor.roll.coordinates().area().width();
    press(&mut harness, Modifiers::ALT, Key::Num1);
    assert_eq!(shown(&harness), [false, true]);
    assert!(harness.query_by_label("Add part").is_none());
    assert!(harness.state().pages.compose.editor.roll.coordinates().area().width() > wide + 200.0);
    assert!(!harness.state().services.preferences.left_panel, "it stays so");
    click(&mut harness, "Melodies and parts panel");
    assert_eq!(shown(&harness), [true, true]);

    harness.set_size(vec2(800.0, 500.0));
    harness.run_steps(3);
    assert_eq!(shown(&harness), [true, false], "there is room for the one that was opened last");
    press(&mut harness, Modifiers::ALT, Key::Num2);
    assert_eq!(shown(&harness), [false, true]);
    press(&mut harness, Modifiers::ALT, Key::Num2);
    assert_eq!(shown(&harness), [false, false]);
    harness.set_size(vec2(1440.0, 900.0));
    harness.run_steps(3);
    assert_eq!(shown(&harness), [true, false]);
    press(&mut harness, Modifiers::NONE, Key::G);
    assert_eq!(shown(&harness), [true, true], "takes are shown where they come");
}

#[test]
fn the_present_instrument_is_marked_and_in_sight_in_the_list() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    harness.state_mut().document.edit_part(0, "Instrument", |part| part.program = 73);
    harness.run_steps(2);
    click(&mut harness, "Instrument of Melody: Flute");
    harness.run_steps(30);
    let place = harness.get_by_label("Flute").rect();
    let below = harness.get_by_label("Search instruments").rect().bottom();
    assert!(place.top() > below && place.bottom() < below + 400.0, "{place:?} under {below}");
}

#[test]
fn a_part_has_a_menu_anywhere_on_its_card() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    let name = harness.get_by_label("Name of part 1").rect();
    let meter = harness.get_by_label("Level of Melody").rect();
    assert!(meter.top() > name.top());
    harness.get_by_label("Level of Melody").click_secondary();
    harness.run_steps(4);
    click(&mut harness, "Solo");
    assert!(harness.state().score().parts[0].soloed);
}

#[test]
fn messages_cover_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    let services = |harness: &mut Harness<'static, Studio>, text: &str| {
        harness.state_mut().services.fail(text);
        harness.run_steps(3);
    };
    services(&mut harness, "Couldn't open a.mid (os error 2)");
    let one = harness.get_by_label("Couldn't open a.mid").rect();
    assert!(one.top() >= 900.0 - 28.0, "in the status bar: {one:?}");
    services(&mut harness, "Couldn't open b.mid");
    let [one, other] = ["Couldn't open a.mid", "Couldn't open b.mid"].map(|text| harness.get_by_label(text).rect());
    let piano = harness.get_by_label("Piano keys, C2 to C7").rect();
    for message in [one, other] {
        assert!(message.top() >= piano.bottom(), "{message:?} over {piano:?}");
    }
    assert!(one.right() <= other.left() && other.top() >= 900.0 - 28.0, "side by side in the status bar: {other:?}");
    services(&mut harness, &"Couldn't open a longer one, or one more. ".repeat(3));
    let [one, other] = ["Couldn't open a.mid", "Couldn't open b.mid"].map(|text| harness.get_by_label(text).rect());
    assert!(one.bottom() <= other.top() && other.bottom() <= 900.0 - 28.0, "below each other: {one:?} {other:?}");
}

#[test]
fn zooming_stays_in_a_narrow_bar_and_a_menu_has_what_has_no_room() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    let is_there = |harness: &Harness<'static, Studio>, label: &str| harness.query_by_label(label).is_some();
    harness.set_size(vec2(1700.0, 900.0));
    harness.run_steps(3);
    assert!(is_there(&harness, "Snap to scale") && !is_there(&harness, "More tools"));
    harness.set_size(vec2(1280.0, 720.0));
    harness.run_steps(3);
    assert!(["Zoom in", "Zoom out", "More tools"].iter().all(|label| is_there(&harness, label)));
    assert!(!is_there(&harness, "Snap to scale"));
    let before = harness.state().services.preferences.roll.scale_rows;
    click(&mut harness, "More tools");
    click(&mut harness, "Highlight scale");
    assert_ne!(harness.state().services.preferences.roll.scale_rows, before);
}

#[test]
fn the_pointer_stays_over_what_it_is_over_when_the_interface_changes_its_size() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), fake_engine());
    let told = pos2(700.0, 500.0);
    harness.hover_at(told);
    harness.run_steps(2);
    press(&mut harness, Modifiers::COMMAND, Key::Minus);
    harness.run_steps(4);
    let pointer = |harness: &Harness<'static, Studio>| harness.ctx.input(|input| input.pointer.hover_pos()).unwrap();
    let is_near = |place: eframe::egui::Pos2, expected: eframe::egui::Pos2| place.distance(expected) < 0.1;
    let meant = pos2(700.0 / 0.9, 500.0 / 0.9);
    assert!(is_near(pointer(&harness), meant), "{:?}", pointer(&harness));
    press(&mut harness, Modifiers::COMMAND, Key::Minus);
    harness.run_steps(4);
    assert!(is_near(pointer(&harness), pos2(700.0 / 0.8, 500.0 / 0.8)), "{:?}", pointer(&harness));
    // the system says where a click is as it said where the pointer is
    for pressed in [true, false] {
        let button = eframe::egui::PointerButton::Primary;
        harness.event(eframe::egui::Event::PointerButton { pos: told, button, pressed, modifiers: Modifiers::NONE });
        harness.step();
    }
    let clicked = harness.ctx.input(|input| input.pointer.interact_pos()).unwrap();
    assert!(is_near(clicked, pos2(700.0 / 0.8, 500.0 / 0.8)), "{clicked:?}");
    harness.hover_at(pos2(10.0, 10.0));
    harness.run_steps(2);
    assert!(is_near(pointer(&harness), pos2(10.0, 10.0)));
}

#[test]
fn no_tooltip_stays_over_a_dialog_that_a_key_opens() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = open(folder.path(), &FakeBackend::new(), no_engine());
    let switch = harness.get_by_label("Metronome").rect().center();
    harness.hover_at(switch);
    let is_shown = |harness: &Harness<'static, Studio>| harness.query_by_label_contains("(C)").is_some();
    for _ in 0..60 {
        harness.step();
    }
    assert!(is_shown(&harness));
    press(&mut harness, Modifiers::COMMAND, Key::P);
    harness.run_steps(3);
    assert!(!is_shown(&harness));
}
