//! Bulk edits: the audio thread sees all of one, or none.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use tandem::channel::Channel;
use tandem::params::{Control, Refreshed};
use tandem::shell::parameters;

/// Edits that the reader shall have seen, and edits after which it never will.
const READS: usize = 500;
const MOST_EDITS: usize = 20_000_000;

#[test]
fn a_bulk_edit_is_seen_whole() {
    let tree = Arc::new(parameters::<Channel>());
    let controls = tree.controls().clone();
    // Every gain of the EQ has the same value, always.
    let is_gain = |name: &str| name.starts_with("EQ") && name.ends_with("Gain");
    let gains: Vec<_> = controls.all().filter(|index| is_gain(controls.name(*index))).collect();
    assert!(gains.len() >= 2, "{} gains", gains.len());
    assert!(gains.iter().all(|index| matches!(controls.control(*index), Control::Dial(_))));
    let (stop, reads) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let reader = {
        let (tree, stop, reads) = (tree.clone(), stop.clone(), reads.clone());
        std::thread::spawn(move || {
            let (mut settings, mut mixed) = (tree.settings(), 0);
            while !stop.load(SeqCst) {
                if tree.refresh(&mut settings) != Refreshed::Same {
                    reads.fetch_add(1, SeqCst);
                    let bands = &settings.rack.eq.module.bands;
                    mixed += usize::from(bands.iter().any(|band| band.gain_db != bands[0].gain_db));
                }
            }
            tree.refresh(&mut settings);
            (mixed, settings.rack.eq.module.bands[0].gain_db)
        })
    };
    let mut value = 0.0;
    for edit in 0..MOST_EDITS {
        value = (edit % 40) as f64 * 0.5 - 10.0;
        let changes: Vec<_> = gains.iter().map(|index| (*index, value)).collect();
        controls.set_quietly(&changes);
        if reads.load(SeqCst) >= READS {
            break;
        }
        if edit % 16 == 0 {
            std::thread::yield_now();
        }
    }
    stop.store(true, SeqCst);
    let (mixed, gain) = reader.join().expect("the reader");
    let reads = reads.load(SeqCst);
    assert!(reads >= READS, "{reads} reads of changed settings, {READS} expected");
    assert_eq!(mixed, 0, "{mixed} of {reads} reads saw half of an edit");
    assert!((gain - value).abs() < 1e-5, "the last edit is seen as {gain}, {value} expected");
}
