//! Kernels on their way from the background to the chains and back.

use nice_assert_no_alloc::assert_no_alloc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::thread;
use std::time::Duration;
use tandem::delivery::Delivery;
use tandem::engine::{CHUNK, Engine, Prepared};
use tandem_dsp::chain::master::{Master, MasterSettings};
use tandem_dsp::module::eq::{LinearEqSettings, Phase};
use tandem_dsp::{Frame, LatencyMode};
use tandem_tests::measure::null_db;
use tandem_tests::signals::{impulse, white};

const RATE: f64 = 48_000.0;

fn settings(gain_db: f64) -> MasterSettings {
    let mut settings = MasterSettings::default();
    let LinearEqSettings { filters, phase } = &mut settings.eq.module;
    *phase = Phase::Linear;
    (filters.bands[0].on, filters.bands[0].freq_hz, filters.bands[0].gain_db) = (true, 400.0, gain_db);
    settings
}

/// A gain on the move, aimed elsewhere every 700 frames.
fn aim(frame: usize) -> MasterSettings {
    settings((frame / 700) as f64 * 0.25 - 6.0)
}

fn engine(first: &MasterSettings) -> Engine<Master> {
    let mut prepared = Prepared::<Master>::new(RATE, LatencyMode::Full);
    prepared.supply(first);
    let mut engine = Engine::new(prepared);
    engine.set(first, false);
    engine
}

/// The automated engine over `signal`, in blocks that are cut where it is aimed elsewhere, with an exchange of kernels
/// before the first chunk and after each.
fn run(signal: &[Frame], block: usize, mut exchange: impl FnMut(&mut Engine<Master>)) -> Vec<Frame> {
    let mut engine = engine(&aim(0));
    let mut output = signal.to_vec();
    let mut at = 0;
    exchange(&mut engine);
    while at < output.len() {
        let to = (at + block).min(at / 700 * 700 + 700).min(output.len());
        if at % 700 == 0 {
            engine.set(&aim(at), false);
        }
        for frames in output[at..to].chunks_mut(CHUNK) {
            let keys = [[0.0; 2]; CHUNK];
            let _ = engine.process(frames, &keys[..frames.len()]);
            exchange(&mut engine);
        }
        at = to;
    }
    output
}

/// A render that waits for a background thread, which dawdles.
fn offline(signal: &[Frame], block: usize, dawdle: Duration) -> Vec<Frame> {
    let (delivery, called, over) = (Delivery::default(), AtomicUsize::new(0), AtomicBool::new(false));
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut done = 0;
            while !over.load(SeqCst) {
                if called.load(SeqCst) > done {
                    done += 1;
                    thread::sleep(dawdle);
                    delivery.work();
                } else {
                    thread::sleep(Duration::from_micros(50));
                }
            }
        });
        let output = run(signal, block, |engine| delivery.exchange(engine, true, || _ = called.fetch_add(1, SeqCst)));
        over.store(true, SeqCst);
        output
    })
}

#[test]
fn an_offline_render_is_the_same_however_long_the_background_takes() {
    let signal = white(24_000, 1, -12.0);
    let once = offline(&signal, 512, Duration::ZERO);
    assert!(offline(&signal, 512, Duration::from_millis(3)) == once, "with a slow background");
    assert!(once != run(&signal, 512, |_| ()), "what is automated is heard");
    // In real time, where the kernels come in time: worked off after each block.
    for block in [64, 512] {
        let delivery = Delivery::default();
        let live = run(&signal, block, |engine| {
            let mut calls = 0;
            assert_no_alloc(|| delivery.exchange(engine, false, || calls += 1));
            (0..calls).for_each(|_| delivery.work());
        });
        let null = null_db(&live, &once);
        assert!(null <= -120.0, "in real time with blocks of {block}: {null:.1} dBFS off");
        assert!(block != 512 || live == once, "bit for bit with equal blocks");
    }
}

#[test]
fn the_first_frame_has_its_kernel() {
    let first = settings(9.0);
    let mut engine = engine(&first);
    assert!(engine.next_plan().is_none(), "nothing is left to be built");
    let mut output = impulse(12_000);
    for frames in output.chunks_mut(CHUNK) {
        let keys = [[0.0; 2]; CHUNK];
        let _ = engine.process(frames, &keys[..frames.len()]);
    }
    let middle = engine.latency();
    assert!(output[middle][0].abs() > 0.5, "the impulse comes out at {middle}");
    // Bell-shaped about its middle: linear phase from the start.
    for i in 1..2_000 {
        let off = (output[middle + i][0] - output[middle - i][0]).abs();
        assert!(off < 1e-9, "{off:e} at {i} frames from the middle");
    }
}

#[test]
fn every_kernel_is_built_once_and_freed_in_the_background() {
    let delivery = Delivery::default();
    let mut engine = engine(&settings(0.0));
    let (mut calls, mut idle) = (0, 0);
    for i in 0..400 {
        let mut frames = [[0.1; 2]; CHUNK];
        let keys = [[0.0; 2]; CHUNK];
        let mut called = 0;
        if i < 300 {
            engine.set(&settings(0.01 * i as f64), false);
        }
        // Freeing a kernel here would abort the test as allocating one would.
        assert_no_alloc(|| {
            let _ = engine.process(&mut frames, &keys);
            delivery.exchange(&mut engine, false, || called += 1);
        });
        (0..called).for_each(|_| delivery.work());
        calls += called;
        idle = if called == 0 { idle + 1 } else { 0 };
    }
    // One plan in five blocks of 512 frames at the most, and as many calls to free what it replaces.
    let plans = 300 * CHUNK / (5 * 512) + 2;
    assert!(calls > plans && calls <= 2 * plans + 4, "{calls} calls, about {} expected", 2 * plans);
    assert!(idle > 50, "and none once all has arrived: the last {idle} chunks");
    assert!(!engine.awaits_kernel());
}
