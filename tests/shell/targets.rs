//! Destinations: their table, and what they make of a programme.

use std::collections::BTreeSet;
use tandem::targets::{Gain, all, find};

#[test]
fn every_destination_can_be_told_apart_and_has_a_source() {
    let ids: BTreeSet<_> = all().iter().map(|target| &target.id).collect();
    let names: BTreeSet<_> = all().iter().map(|target| &target.name).collect();
    assert_eq!([ids.len(), names.len()], [all().len(); 2], "ids and names");
    for target in all() {
        assert!(!target.source.is_empty(), "{} has no source", target.name);
        assert!((-3.0..=0.0).contains(&target.true_peak_dbtp), "{}: {} dBTP", target.name, target.true_peak_dbtp);
        assert_eq!(target.lufs.is_none(), target.gain == Gain::None, "{}: a loudness and what it is for", target.name);
    }
}

/// Spotify's own example: -20 LUFS with a true peak of -5 dB is raised to -16 LUFS only.
#[test]
fn playback_is_turned_up_as_far_as_the_peak_allows() {
    let spotify = find("spotify").expect("in the table");
    let verdict = spotify.judge(-20.0, -5.0).expect("both known");
    assert!((verdict.playback_gain_db - 4.0).abs() < 1e-9, "turned by {} dB, 4 expected", verdict.playback_gain_db);
    assert_eq!(
        verdict.text,
        "Turned up by 4.0 dB. It stays 2.0 LU softer than its neighbours. True peak -5.0 dBTP passes."
    );
}

#[test]
fn louder_programme_is_turned_down_and_needs_more_headroom_where_that_is_asked() {
    let spotify = find("spotify").expect("in the table");
    let verdict = spotify.judge(-9.0, -1.0).expect("both known");
    assert_eq!((verdict.passes, verdict.playback_gain_db), (false, -5.0));
    assert_eq!(verdict.text, "Turned down by 5.0 dB. True peak -1.0 dBTP is 1.0 dB over -2 dBTP.");
    assert!(spotify.judge(-14.0, -1.0).expect("both known").passes, "at the target, -1 dBTP passes");
}

#[test]
fn a_service_that_only_turns_down_leaves_soft_programme_soft() {
    let verdict = find("youtube").expect("in the table").judge(-18.0, -6.0).expect("both known");
    assert_eq!(verdict.playback_gain_db, 0.0);
    assert!(verdict.text.starts_with("Plays as it is. It stays 4.0 LU softer"), "{}", verdict.text);
}

#[test]
fn a_delivery_passes_within_its_tolerance_and_not_beyond() {
    let r128 = find("ebu_r128").expect("in the table");
    for (lufs, passes) in [(-23.0, true), (-22.8, true), (-23.2, true), (-22.6, false), (-23.5, false)] {
        let verdict = r128.judge(lufs, -3.0).expect("both known");
        assert_eq!(verdict.passes, passes, "{lufs} LUFS: {}", verdict.text);
    }
    assert!(!r128.judge(-23.0, -0.5).expect("both known").passes, "a true peak of -0.5 dBTP");
}

#[test]
fn nothing_is_judged_before_there_is_programme() {
    for target in all() {
        assert_eq!(target.judge(f64::NEG_INFINITY, -10.0), None, "{}", target.name);
        assert_eq!(target.judge(-20.0, f64::NEG_INFINITY), None, "{}", target.name);
    }
}
