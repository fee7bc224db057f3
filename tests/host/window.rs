//! The built CLAP's editor in a real window, with a real mouse.

use crate::another::another_process;
use crate::bundles::{BLOCK, BOTH, RATE, noise, open};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tandem_render::host::{Plugin, Request};
use tandem_render::screen::Screen;
use tandem_render::window::{Button, Picture, Window, key, refuses_politely};

/// Editors take the same corner of the screen: one at a time.
static SCREEN: Mutex<()> = Mutex::new(());

/// The environment variable that names the panel to open with.
const PANEL: &str = "TANDEM_PANEL";

/// How long an editor may take to draw itself.
const PATIENCE: Duration = Duration::from_secs(20);

/// Where the knob called Trim is in a fresh window with the panel Input: pixels from the left, and from the bottom.
const TRIM: (i16, i16) = (78, 106);

/// Size of a fresh window.
const FRESH: (u32, u32) = (1100, 700);

fn screen() -> MutexGuard<'static, ()> {
    SCREEN.lock().unwrap_or_else(PoisonError::into_inner)
}

fn drawn(window: &mut Window) -> Picture {
    let picture = window.capture_still(PATIENCE).expect("captures");
    assert!(!picture.is_blank(), "the editor has drawn nothing");
    picture
}

#[test]
fn a_real_mouse_turns_a_knob_in_one_gesture() {
    let _screen = screen();
    another_process("window::turn_a_knob", |command| {
        command.env(PANEL, "Input");
    });
}

#[test]
#[ignore = "run by a_real_mouse_turns_a_knob_in_one_gesture"]
fn turn_a_knob() {
    let mut plugin = open("channel");
    let trim = plugin.params().find("Input Trim").expect("a trim").id;
    let mut window = Window::open(&mut plugin, None).expect("opens");
    let before = drawn(&mut window);
    window.plugin().asked();
    let at = (TRIM.0, FRESH.1 as i16 - TRIM.1);
    window.drag(at, (at.0, at.1 - 60)).expect("drags");
    window.wait(Duration::from_millis(300)).expect("serves");
    let after = drawn(&mut window);
    assert!(before != after, "the knob looks as before");
    let asked: Vec<_> = window.plugin().asked().into_iter().map(|asked| asked.request).collect();
    let begins = asked.iter().filter(|request| **request == Request::GestureBegin(trim)).count();
    let ends = asked.iter().filter(|request| **request == Request::GestureEnd(trim)).count();
    let values: Vec<f64> = asked
        .iter()
        .filter_map(|request| match request {
            Request::Value(id, value) if *id == trim => Some(*value),
            _ => None,
        })
        .collect();
    assert_eq!((begins, ends), (1, 1), "one gesture: {asked:?}");
    assert!(values.len() > 1, "{} values on the way", values.len());
    // 60 of the 240 points that are the whole way, up from the middle; values are ways from 0 to 1.
    let last = values[values.len() - 1];
    assert!((last - 0.75).abs() < 0.02, "the last value is {last}, 0.75 expected");
    let others = asked.iter().filter(|request| matches!(request, Request::GestureBegin(id) if *id != trim)).count();
    assert_eq!(others, 0, "nothing else is touched");
    // Typing goes through the same window.
    window.text("-6").expect("types");
    window.press(key::ENTER, &[]).expect("types");
    window.wait(Duration::from_millis(300)).expect("serves");
    let text = window.plugin().get("Input Trim").expect("has a text");
    assert_eq!(text, "-6.0 dB", "after typing -6 and enter");
    window.click(at.0, at.1, Button::WheelUp).expect("turns the wheel");
    window.wait(Duration::from_millis(300)).expect("serves");
    let text = window.plugin().get("Input Trim").expect("has a text");
    assert_eq!(text, "-5.0 dB", "a notch up from -6 dB");
}

#[test]
fn opening_the_window_and_automating_behind_it_says_nothing_to_the_host() {
    let _screen = screen();
    another_process("window::say_nothing", |_| {});
}

#[test]
#[ignore = "run by opening_the_window_and_automating_behind_it_says_nothing_to_the_host"]
fn say_nothing() {
    for name in BOTH {
        let mut plugin = open(name);
        let saved = plugin.save().expect("saves");
        plugin.asked();
        let mut window = Window::open(&mut plugin, None).expect("opens");
        let before = drawn(&mut window);
        let said = |window: &mut Window| -> Vec<Request> {
            let asked = window.plugin().asked().into_iter().map(|asked| asked.request);
            let edits = |request: &Request| {
                let quiet = matches!(request, Request::Rescan(_) | Request::MarkDirty);
                quiet || matches!(request, Request::GestureBegin(_) | Request::Value(..) | Request::GestureEnd(_))
            };
            asked.filter(edits).collect()
        };
        assert_eq!(said(&mut window), [], "{name}: edits that nobody made, on opening");
        assert!(saved == window.plugin().save().expect("saves"), "{name}: the state changes as the window opens");
        window.plugin().set("Input Trim", "6 dB").expect("sets");
        window.plugin().set("Bypass", "On").expect("sets");
        window.wait(Duration::from_millis(500)).expect("serves");
        assert!(before != drawn(&mut window), "{name}: the editor shows what the host has set");
        assert_eq!(said(&mut window), [], "{name}: the host hears of its own edits");
    }
}

#[test]
fn what_another_window_has_covered_is_drawn_again() {
    let _screen = screen();
    for name in BOTH {
        let mut plugin = open(name);
        let mut window = Window::open(&mut plugin, None).expect("opens");
        let before = drawn(&mut window);
        window.cover(Duration::from_millis(300)).expect("covers");
        window.wait(Duration::from_secs(2)).expect("serves");
        assert!(before == window.capture().expect("captures"), "{name}: 2 s after it was covered it looks otherwise");
    }
}

#[test]
fn the_window_takes_the_sizes_that_hosts_ask_for() {
    let _screen = screen();
    for name in BOTH {
        let mut plugin = open(name);
        let mut window = Window::open(&mut plugin, None).expect("opens");
        assert_eq!(window.size(), FRESH, "{name}");
        drawn(&mut window);
        assert_eq!(window.resize(1400, 900).expect("resizes"), (1400, 900), "{name}");
        let large = drawn(&mut window);
        assert_eq!((large.width, large.height), (1400, 900));
        // The bottom right corner is drawn too.
        let corner = &large.rgb[large.rgb.len() - 3 * 1400 * 20..];
        assert!(corner.chunks_exact(3).any(|pixel| pixel != &corner[..3]), "{name}: nothing in the last rows");
        let (width, height) = window.resize(300, 200).expect("resizes");
        assert!(width >= 1000 && height >= 600, "{name}: {width} by {height} cannot hold the screen");
        drop(window);
        let mut window = Window::open(&mut plugin, None).expect("opens again");
        assert_eq!(window.size(), (width, height), "{name} opens as it was left");
        drawn(&mut window);
    }
}

#[test]
fn the_hosts_scale_is_kept_when_the_window_opens_again() {
    let _screen = screen();
    let mut plugin = open("master");
    for _ in 0..2 {
        let mut window = Window::open(&mut plugin, Some(2.0)).expect("opens");
        assert_eq!(window.size(), (2 * FRESH.0, 2 * FRESH.1), "the size that the host is told at scale 2");
        let picture = drawn(&mut window);
        assert!(fills(&picture), "only a part of the window is drawn");
    }
}

/// Whether the right and the bottom part of a picture are drawn: the meters, and the line at the bottom.
fn fills(picture: &Picture) -> bool {
    let pixel = |x: u32, y: u32| {
        let at = 3 * (y * picture.width + x) as usize;
        &picture.rgb[at..at + 3]
    };
    let differs = |mut pixels: Box<dyn Iterator<Item = (u32, u32)> + '_>| {
        let first = pixels.next().map(|(x, y)| pixel(x, y));
        pixels.any(|(x, y)| Some(pixel(x, y)) != first)
    };
    let (width, height) = (picture.width, picture.height);
    let column = differs(Box::new((0..height).map(|y| (width - width / 12, y))));
    let row = differs(Box::new((0..width).map(|x| (x, height - height / 4))));
    column && row
}

#[test]
fn a_display_with_large_pixels_gets_a_larger_window() {
    let _screen = screen();
    let dense = Screen::start().expect("starts");
    dense.set_dpi(144).expect("sets");
    another_process("window::open_on_a_dense_display", |command| {
        command.env("DISPLAY", &dense.display);
    });
}

#[test]
#[ignore = "run by a_display_with_large_pixels_gets_a_larger_window"]
fn open_on_a_dense_display() {
    let mut plugin = open("channel");
    for _ in 0..2 {
        let mut window = Window::open(&mut plugin, None).expect("opens");
        assert_eq!(window.size(), (3 * FRESH.0 / 2, 3 * FRESH.1 / 2), "1.5 pixels a point");
        let picture = drawn(&mut window);
        assert!(fills(&picture), "only a part of the window is drawn");
    }
}

#[test]
fn a_hundred_windows_come_and_go() {
    let _screen = screen();
    another_process("window::open_and_close", |_| {});
}

/// Threads of this process.
fn threads() -> usize {
    std::fs::read_dir("/proc/self/task").expect("a list of threads").count()
}

#[test]
#[ignore = "run by a_hundred_windows_come_and_go"]
fn open_and_close() {
    let mut plugin = open("channel");
    plugin.activate(RATE, BLOCK).expect("activates");
    let mut first = None;
    for cycle in 0..100 {
        let mut window = Window::open(&mut plugin, None).unwrap_or_else(|error| panic!("cycle {cycle}: {error:#}"));
        play(window.plugin());
        if cycle % 25 == 0 {
            drawn(&mut window);
        }
        drop(window);
        // OpenGL's own threads stay from the first window on.
        let now = threads();
        let first = *first.get_or_insert(now);
        assert_eq!(now, first, "threads after {} windows, as many as after one", cycle + 1);
    }
    play(&mut plugin);
}

#[test]
fn five_windows_at_once_draw_and_obey_each_for_itself() {
    let _screen = screen();
    another_process("window::five_at_once", |command| {
        command.env(PANEL, "Input");
    });
}

#[test]
#[ignore = "run by five_windows_at_once_draw_and_obey_each_for_itself"]
fn five_at_once() {
    const TOUCHED: usize = 2;
    let mut plugins: Vec<_> = (0..5).map(|i| open(BOTH[i % 2])).collect();
    let trims: Vec<_> = plugins.iter().map(|plugin| plugin.params().find("Input Trim").expect("a trim").id).collect();
    // The first place stays free: windows open there, and must not cover each other.
    let place = |i: usize| ((i % 2) as i16 * FRESH.0 as i16, (i / 2) as i16 * FRESH.1 as i16);
    let mut windows = Vec::new();
    for (i, plugin) in plugins.iter_mut().enumerate() {
        let mut window = Window::open(plugin, None).expect("opens");
        let (x, y) = place(i + 1);
        window.place(x, y).expect("moves");
        windows.push(window);
    }
    // Beside all of them.
    windows[0].point(FRESH.0 as i16 + 50, 50).expect("points");
    let before: Vec<_> = windows.iter_mut().map(drawn).collect();
    for window in &mut windows {
        window.plugin().asked();
    }
    let at = (TRIM.0, FRESH.1 as i16 - TRIM.1);
    windows[TOUCHED].drag(at, (at.0, at.1 - 60)).expect("drags");
    windows[0].point(FRESH.0 as i16 + 50, 50).expect("points");
    for (i, (window, before)) in windows.iter_mut().zip(&before).enumerate() {
        window.wait(Duration::from_millis(300)).expect("serves");
        let after = drawn(window);
        let begins: Vec<_> = window
            .plugin()
            .asked()
            .into_iter()
            .filter_map(|asked| match asked.request {
                Request::GestureBegin(id) => Some(id),
                _ => None,
            })
            .collect();
        let expected = if i == TOUCHED { vec![trims[i]] } else { Vec::new() };
        assert_eq!(begins, expected, "gestures of window {i}");
        assert_eq!(after != *before, i == TOUCHED, "whether window {i} has changed");
    }
    drop(windows);
    for plugin in &mut plugins {
        plugin.set("Latency", "Live").expect("sets");
        plugin.set("Input Trim", "0 dB").expect("sets");
        plugin.activate(RATE, BLOCK).expect("activates");
        play(plugin);
    }
}

/// Some noise, as fast as it goes; it comes out as it went in.
fn play(plugin: &mut Plugin) {
    let input = noise(RATE as usize / 10, 7);
    let output = plugin.play(|audio| audio.run(&input, None, BLOCK, &[])).expect("plays").expect("processes");
    assert!(output[0] == input[0], "a fresh instance passes what comes in");
}

#[test]
fn without_a_display_the_editor_is_refused_and_the_sound_goes_on() {
    another_process("window::do_without_a_display", |command| {
        command.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY");
    });
    another_process("window::do_without_a_display", |command| {
        command.env("DISPLAY", ":4711");
    });
}

#[test]
fn without_opengl_the_editor_is_refused_and_the_sound_goes_on() {
    let bare = Screen::start_without_gl().expect("starts");
    another_process("window::do_without_a_display", |command| {
        // Neither the display's own way to it, nor the other, through the drivers that are listed here.
        command.env("DISPLAY", &bare.display).env("__EGL_VENDOR_LIBRARY_FILENAMES", "/nowhere.json");
    });
}

#[test]
#[ignore = "run by the two tests above"]
fn do_without_a_display() {
    for name in BOTH {
        let mut plugin = open(name);
        plugin.set("Latency", "Live").expect("sets");
        plugin.activate(RATE, BLOCK).expect("activates");
        for _ in 0..3 {
            assert!(refuses_politely(&mut plugin), "{name} opened an editor without a display");
            play(&mut plugin);
        }
    }
}
