//! What is heard instead of the output: the parts of the sound to the bit, nothing at all where nothing is asked for, and
//! no click between them.

use nice_assert_no_alloc::assert_no_alloc;
use std::sync::Arc;
use tandem_dsp::Frame;
use tandem_dsp::monitor::{Device, Heard, Monitor, Part, Piece, Player, Recording, Shape};
use tandem_tests::measure::{lane, peak_above_db, response_db, tapered};
use tandem_tests::signals::{sine, white};

const RATE: f64 = 48_000.0;

/// By when everything has arrived: two glides of 24 ms.
const ARRIVED: usize = 2_400;

fn monitor() -> Monitor {
    let mut monitor = Monitor::default();
    monitor.prepare(RATE);
    monitor
}

/// Runs in blocks of changing length.
fn run(frames: &mut [Frame], mut each: impl FnMut(&mut [Frame])) {
    let (mut rest, mut length) = (frames, 1);
    while !rest.is_empty() {
        let (now, later) = rest.split_at_mut(rest.len().min(length));
        assert_no_alloc(|| each(now));
        (rest, length) = (later, length % 61 + 1);
    }
}

fn small() -> &'static Device {
    let piece = |shape, freq_hz, gain_db, q| Piece { shape, freq_hz, gain_db, q };
    let pieces = [
        piece(Shape::HighPass, 250.0, 0.0, 0.7),
        piece(Shape::HighPass, 750.0, 0.0, 1.2),
        piece(Shape::Bell, 3_500.0, 4.0, 0.7),
        piece(Shape::LowPass, 14_000.0, 0.0, 0.8),
    ];
    Box::leak(Box::new(Device::new(&pieces, true)))
}

/// What a part makes of a frame.
type Matrix = fn(Frame) -> Frame;

#[test]
fn parts_are_exact() {
    let signal = white(9_600, 1, -20.0);
    let expected: [(Part, Matrix); 5] = [
        (Part::Stereo, |frame| frame),
        (Part::Mono, |[l, r]| [(l + r) / 2.0; 2]),
        (Part::Side, |[l, r]| [(l - r) / 2.0; 2]),
        (Part::Left, |[l, _]| [l; 2]),
        (Part::Right, |[_, r]| [r; 2]),
    ];
    for (part, expected) in expected {
        for dim in [false, true] {
            let mut monitor = monitor();
            monitor.set(&Heard { part, dim, device: None });
            let mut heard = signal.clone();
            run(&mut heard, |frames| monitor.run(frames));
            let gain = if dim { 0.1 } else { 1.0 };
            for (heard, frame) in heard.iter().zip(&signal).skip(ARRIVED) {
                let wanted = expected(*frame).map(|x| gain * x);
                let off = (heard[0] - wanted[0]).abs().max((heard[1] - wanted[1]).abs());
                assert!(off < 1e-15, "{part:?}, dim {dim}: {heard:?} where {wanted:?} is due");
            }
            assert_eq!(monitor.is_off(), part == Part::Stereo && !dim);
        }
    }
}

#[test]
fn off_is_bit_for_bit_before_and_after() {
    let signal = white(4 * ARRIVED, 2, -10.0);
    let mut monitor = monitor();
    let mut heard = signal.clone();
    let (before, rest) = heard.split_at_mut(ARRIVED);
    run(before, |frames| monitor.run(frames));
    let (during, after) = rest.split_at_mut(ARRIVED);
    monitor.set(&Heard { part: Part::Side, dim: true, device: Some(small()) });
    run(during, |frames| monitor.run(frames));
    monitor.set(&Heard::default());
    run(after, |frames| monitor.run(frames));
    assert_eq!(heard[..ARRIVED], signal[..ARRIVED], "before anything was asked for");
    assert_ne!(heard[ARRIVED..2 * ARRIVED], signal[ARRIVED..2 * ARRIVED]);
    assert_eq!(heard[3 * ARRIVED..], signal[3 * ARRIVED..], "once all has gone back");
    assert!(monitor.is_off());
}

#[test]
fn changes_do_not_click() {
    let device = small();
    let all = Part::ALL.iter().flat_map(|part| {
        [(false, None), (true, None), (false, Some(device))].map(|(dim, device)| Heard { part: *part, dim, device })
    });
    let all: Vec<Heard> = all.collect();
    for (i, from) in all.iter().enumerate() {
        let to = &all[(7 * i + 3) % all.len()];
        let mut monitor = monitor();
        monitor.set(from);
        let mut signal = sine(48_000, RATE, 1_000.0, 0.0);
        signal.iter_mut().for_each(|frame| frame[1] *= -0.5);
        let (before, after) = signal.split_at_mut(24_007);
        run(before, |frames| monitor.run(frames));
        monitor.set(to);
        run(after, |frames| monitor.run(frames));
        for side in 0..2 {
            let left = peak_above_db(&tapered(lane(&signal, side)[4_800..].to_vec(), 4_800), RATE, 4_000.0);
            assert!(left < -80.0, "{from:?} to {to:?} leaves {left:.1} dBFS above 4 kHz");
        }
    }
}

#[test]
fn a_device_has_its_response_and_one_channel() {
    for rate in [44_100.0, 96_000.0] {
        let mut monitor = Monitor::default();
        monitor.prepare(rate);
        monitor.set(&Heard { device: Some(small()), ..Heard::default() });
        let mut heard = vec![[0.0; 2]; 65_536 + ARRIVED * 2];
        // Once the device has faded in.
        heard[ARRIVED * 2] = [1.0, 0.0];
        monitor.run(&mut heard);
        let response = lane(&heard[ARRIVED * 2..], 0);
        assert_eq!(response, lane(&heard[ARRIVED * 2..], 1), "both sides are the same");
        for freq_hz in [40.0, 100.0, 300.0, 1_000.0, 3_500.0, 8_000.0, 14_000.0, 18_000.0] {
            // Left alone is half of the middle.
            let measured = response_db(&response, rate, freq_hz) + 6.020_6;
            let wanted = small().response_db(freq_hz);
            let off = (measured - wanted).abs();
            assert!(off < 0.3, "{rate} Hz: {measured:.2} dB at {freq_hz} Hz, {wanted:.2} dB are due");
        }
        let highest =
            (0..400).map(|i| small().response_db(20.0 * (f64::from(i) * 0.025).exp2())).fold(f64::MIN, f64::max);
        assert!(highest.abs() < 0.01, "the highest point is at {highest:.3} dB");
    }
}

/// A recording whose frames say where they are.
fn ramp(id: u32, frames: usize) -> Arc<Recording> {
    Arc::new(Recording { id, frames: (0..frames).map(|i| [i as f32, -(i as f32)]).collect() })
}

fn player() -> Player {
    let mut player = Player::default();
    player.prepare(RATE);
    player
}

/// So many frames of nothing as the programme.
fn play(player: &mut Player, frames: usize) -> Vec<Frame> {
    let mut heard = vec![[0.0; 2]; frames];
    run(&mut heard, |frames| player.run(frames));
    heard
}

/// Frames of a fade.
const FADE: usize = 1_152;

#[test]
fn loops_are_exact_to_the_frame() {
    let mut player = player();
    player.load(ramp(1, 100_000), 0);
    player.set_loop(20_000, 30_000);
    player.hear(true);
    play(&mut player, 10_007);
    player.go_to(20_500);
    let mut heard = play(&mut player, 40_000);
    heard.drain(..ARRIVED);
    // Between the fades, each frame is the one behind the last, and after that before the end comes the start.
    let whole: Vec<usize> = (1..heard.len()).filter(|i| heard[*i][0] - heard[i - 1][0] == 1.0).collect();
    let place = |i: usize| heard[i][0] as usize;
    let mut turns = 0;
    for pair in whole.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        if b - a > 1 {
            let passed = b - a;
            let wanted = 20_000 + (place(a) + passed - 20_000) % 10_000;
            assert_eq!(place(b), wanted, "{passed} frames after {}", place(a));
            assert!(passed <= FADE + 2, "a turn takes {passed} frames");
            turns += 1;
        }
    }
    assert_eq!(turns, 3, "turns in 37600 frames of a loop of 10000");
    assert!(heard.iter().all(|frame| frame[0] == -frame[1]), "left and right are the recording's");
}

#[test]
fn without_a_loop_the_recording_starts_again_after_its_end() {
    let mut player = player();
    player.load(ramp(1, 10_000), 9_000);
    player.hear(true);
    let heard = play(&mut player, 4_000);
    assert_eq!(heard[3_999][0], 2_999.0, "4000 frames after the frame 9000 of 10000");
}

#[test]
fn the_programme_passes_bit_for_bit_and_the_recording_waits() {
    let mut player = player();
    let programme = white(9_600, 5, -12.0);
    let mut heard = programme.clone();
    player.load(ramp(3, 50_000), 1_000);
    run(&mut heard, |frames| player.run(frames));
    assert_eq!(heard, programme, "as long as the programme is heard");
    assert_eq!(player.position(), 1_000, "the recording stands still");
    player.hear(true);
    play(&mut player, 4_800);
    assert_eq!(player.position(), 5_800);
    player.hear(false);
    play(&mut player, ARRIVED);
    let mut heard = programme.clone();
    run(&mut heard, |frames| player.run(frames));
    assert_eq!(heard, programme, "and again afterwards");
}

#[test]
fn switching_and_changing_recordings_does_not_click() {
    let song = |id: u32, freq_hz: f64| {
        let frames = sine(96_000, RATE, freq_hz, 0.0);
        Arc::new(Recording { id, frames: frames.iter().map(|frame| frame.map(|x| x as f32)).collect() })
    };
    let mut player = player();
    player.load(song(1, 500.0), 0);
    player.set_levels(0.5, 0.5);
    let mut heard = sine(72_000, RATE, 1_000.0, 0.0);
    let mut given_back = Vec::new();
    let mut songs = vec![song(2, 700.0)];
    for (i, frames) in heard.chunks_mut(12_000).enumerate() {
        match i {
            1 => player.hear(true),
            2 => player.load(songs.remove(0), 20),
            3 => player.go_to(50_013),
            4 => player.set_levels(0.25, 1.0),
            5 => player.hear(false),
            _ => {}
        }
        run(frames, |frames| player.run(frames));
        given_back.extend(player.take_done());
    }
    assert_eq!(given_back.iter().map(|song| song.id).collect::<Vec<_>>(), [1], "the first is given back");
    let left = peak_above_db(&tapered(lane(&heard, 0)[4_800..].to_vec(), 4_800), RATE, 4_000.0);
    assert!(left < -80.0, "{left:.1} dBFS are left above 4 kHz");
}

#[test]
fn what_is_unloaded_comes_back_once_it_has_faded() {
    let mut player = player();
    player.load(ramp(9, 50_000), 0);
    player.hear(true);
    play(&mut player, 4_800);
    player.unload();
    let song = (0..100).find_map(|_| {
        play(&mut player, 64);
        player.take_done()
    });
    assert_eq!(song.map(|song| song.id), Some(9));
    assert_eq!(player.id(), None);
    assert!(player.is_off());
}
