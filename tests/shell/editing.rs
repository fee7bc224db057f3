//! Bulk edits: the audio thread sees all of one, or none.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use tandem::channel::Channel;
use tandem::params::Control;
use tandem::shell::parameters;

/// Rounds of the writer; each is read many times.
const ROUNDS: usize = 3_000;

#[test]
fn a_bulk_edit_is_seen_whole() {
    let tree = Arc::new(parameters::<Channel>());
    let controls = tree.controls().clone();
    // Every EQ gain has the same value, always.
    let gains: Vec<_> =
        controls.all().filter(|i| controls.name(*i).starts_with("EQ") && controls.name(*i).ends_with("Gain")).collect();
    assert!(gains.len() >= 2, "{} gains", gains.len());
    assert!(gains.iter().all(|i| matches!(controls.control(*i), Control::Dial(_))));
    let stop = Arc::new(AtomicBool::new(false));
    let reader = {
        let (tree, stop) = (tree.clone(), stop.clone());
        std::thread::spawn(move || {
            let (mut settings, mut reads, mut mixed) = (tree.settings(), 0, 0);
            let mut last = settings;
            while !stop.load(SeqCst) {
                if tree.refresh(&mut settings) {
                    reads += 1;
                    let gains: Vec<_> = settings.rack.eq.module.bands.iter().map(|band| band.gain_db).collect();
                    mixed += usize::from(gains.iter().any(|gain| *gain != gains[0]));
                    last = settings;
                }
            }
            tree.refresh(&mut settings);
            (reads, mixed, last, settings)
        })
    };
    for round in 0..ROUNDS {
        let value = (round % 40) as f64 * 0.5 - 10.0;
        let changes: Vec<_> = gains.iter().map(|index| (*index, value)).collect();
        controls.set_quietly(&changes);
        if round % 16 == 0 {
            std::thread::yield_now();
        }
    }
    stop.store(true, SeqCst);
    let (reads, mixed, _, last) = reader.join().expect("the reader");
    assert!(reads > 10, "{reads} reads of changed settings: the test tests nothing");
    assert_eq!(mixed, 0, "{mixed} of {reads} reads saw half of an edit");
    let wanted = ((ROUNDS - 1) % 40) as f64 * 0.5 - 10.0;
    let gain = last.rack.eq.module.bands[0].gain_db;
    assert!((gain - wanted).abs() < 1e-5, "the last edit is seen as {gain}, {wanted} expected");
}
