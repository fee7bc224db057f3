//! The demo song: what other tests take for granted of it, and the loudness meter on it.

use ebur128::{EbuR128, Mode};
use std::sync::LazyLock;
use tandem_dsp::chain::Observer;
use tandem_dsp::meter::programme::Meter;
use tandem_dsp::units::gain_to_db;
use tandem_render::audio::Sound;
use tandem_render::measure::band_db;
use tandem_render::song::{self, BASS_VERSE_DB, Click, Faults, Kind, RATE, Song, TEMPO_BPM};
use tandem_tests::measure::{response_db, rms_db};

static SONG: LazyLock<Song> = LazyLock::new(song::compose);

fn stem(name: &str) -> &'static Sound {
    &SONG.stems.iter().find(|stem| stem.name == name).expect("the song has that stem").sound
}

/// The samples of one channel from one time to another, in seconds.
fn part(sound: &Sound, from_s: f64, to_s: f64) -> Vec<f64> {
    let at = |seconds: f64| (seconds * f64::from(sound.rate)) as usize;
    sound.channels[0][at(from_s)..at(to_s)].iter().map(|x| f64::from(*x)).collect()
}

#[test]
fn the_song_is_the_same_each_time() {
    let again = song::compose();
    for (first, second) in SONG.stems.iter().zip(&again.stems) {
        assert!(first.sound == second.sound, "{} differs between two runs", first.name);
    }
    assert_eq!(SONG.clicks, again.clicks);
    let seconds = stem("drums").seconds();
    assert!((40.0..=60.0).contains(&seconds), "{seconds} s long");
    assert!(SONG.stems.iter().all(|stem| stem.sound.frames() == again.stems[0].sound.frames()), "stems of one length");
}

#[test]
fn stems_have_headroom_and_no_dc() {
    for stem in &SONG.stems {
        for channel in &stem.sound.channels {
            let peak_db = gain_to_db(channel.iter().fold(0.0f64, |peak, x| peak.max(f64::from(x.abs()))));
            assert!((-14.0..=-3.0).contains(&peak_db), "{}: peak at {peak_db:.1} dBFS", stem.name);
            let mean = channel.iter().map(|x| f64::from(*x)).sum::<f64>() / channel.len() as f64;
            // -90 dBFS: far below anything that a meter shows.
            assert!(mean.abs() < 3e-5, "{}: mean of {mean:.1e}", stem.name);
        }
    }
}

#[test]
fn each_microphone_hears_its_own_drum_above_the_rest() {
    const HIT_S: f64 = 0.08;
    let hears = |name: &str| song::recording(name).expect("it is listed");
    for name in song::RECORDINGS {
        assert!(hears(name).frames() == stem("drums").frames(), "{name} is as long as the song");
    }
    // A kick on the first beat of a section, a snare on the second.
    let verse = &SONG.sections[0];
    let beats = [verse.from_s, verse.from_s + 60.0 / TEMPO_BPM];
    for (name, own, other) in [("kick", 0, 1), ("snare", 1, 0)] {
        let sound = hears(name);
        let [own, other] = [own, other].map(|beat| rms_db(&part(&sound, beats[beat], beats[beat] + HIT_S)));
        let above = own - other;
        assert!(above > 8.0, "{name}: its own drum {above:.1} dB above the other one");
    }
    let tilt = |sound: &Sound| band_db(sound, 6_000.0, 16_000.0) - band_db(sound, 40.0, 120.0);
    let more = tilt(&hears("overheads")) - tilt(stem("drums"));
    // The bass drum 9 dB less, cymbals 4 dB more, snare wires 4 dB less: between the two, as either fills the highs.
    assert!((5.0..13.0).contains(&more), "overheads: highs {more:.1} dB more against the bass drum than over the kit");
}

#[test]
fn the_bass_lies_6_db_lower_beside_the_others_in_the_verses() {
    let others = |from_s: f64, to_s: f64| -> Vec<f64> {
        let stems = SONG.stems.iter().filter(|stem| stem.name != "bass");
        let stems: Vec<_> = stems.map(|stem| part(&stem.sound, from_s, to_s)).collect();
        (0..stems[0].len()).map(|i| stems.iter().map(|stem| stem[i]).sum()).collect()
    };
    let beside = |kind: Kind| {
        let spans = SONG.sections.iter().filter(|section| section.kind == kind);
        let levels = spans.map(|s| (rms_db(&part(stem("bass"), s.from_s, s.to_s)), rms_db(&others(s.from_s, s.to_s))));
        levels.map(|(bass, others)| bass - others).collect::<Vec<_>>()
    };
    for (verse, chorus) in beside(Kind::Verse).iter().zip(beside(Kind::Chorus)) {
        let below = verse - chorus;
        assert!((below - -6.0).abs() < 0.5, "a verse's bass {below:.2} dB re its chorus, -6 dB wanted");
    }
    assert_eq!(BASS_VERSE_DB, -6.0, "what the song says of itself");
}

#[test]
fn clicks_are_where_the_list_says() {
    let (with, clicks, _) = song::lead(Faults { clicks: true, mud: false });
    let (clean, _, _) = song::lead(Faults::NONE);
    let rate = f64::from(RATE);
    let mut rest: Vec<f64> =
        with.channels[0].iter().zip(&clean.channels[0]).map(|(a, b)| f64::from(*a) - f64::from(*b)).collect();
    assert!(clicks.len() >= 15, "{} clicks", clicks.len());
    for click in &clicks {
        let Click { at_s, length_s, freq_hz, level_db, .. } = *click;
        assert!((0.000_5..=0.005).contains(&length_s), "{length_s} s long");
        assert!((1_000.0..=8_000.0).contains(&freq_hz), "{freq_hz} Hz");
        assert!((-20.0..=-6.0).contains(&level_db), "{level_db} dB");
        let from = (at_s * rate).round() as usize;
        let frames = (length_s * rate).round() as usize;
        let burst = &mut rest[from..from + frames];
        let peak_db = gain_to_db(burst.iter().fold(0.0, |peak, x| x.abs().max(peak)));
        let local = part(&clean, (at_s - 0.2).max(0.0), at_s + 0.2);
        let local_db = gain_to_db(local.iter().fold(0.0, |peak, x| x.abs().max(peak)));
        let re = peak_db - local_db;
        assert!((re - level_db).abs() < 0.1, "at {at_s:.3} s: {re:.2} dB re the lead about it, {level_db:.2} listed");
        // The burst's spectrum peaks where the list says, as far as so short a burst can tell.
        let at = |freq_hz: f64| response_db(burst, rate, freq_hz);
        let slack = 0.6 / length_s;
        for away in [freq_hz - slack, freq_hz + slack] {
            if (200.0..20_000.0).contains(&away) {
                assert!(at(away) < at(freq_hz), "at {at_s:.3} s: more at {away:.0} Hz than at {freq_hz:.0} Hz");
            }
        }
        burst.fill(0.0);
    }
    let elsewhere = rest.iter().fold(0.0f64, |peak, x| x.abs().max(peak));
    assert!(elsewhere < 1e-7, "a difference of {elsewhere:.1e} where no click is listed");
}

#[test]
fn mud_stands_out_where_the_list_says() {
    let (with, _, mud) = song::lead(Faults { clicks: false, mud: true });
    let (clean, _, _) = song::lead(Faults::NONE);
    for mud in &mud {
        assert!((150.0..=400.0).contains(&mud.freq_hz), "mud at {} Hz", mud.freq_hz);
        for (from_s, to_s) in &mud.spans {
            // Past the soft edges, and past the ringing of the other resonance.
            let [with, clean] = [&with, &clean].map(|sound| {
                tandem_tests::measure::tapered(part(sound, from_s + 0.2, (to_s - 0.2).min(from_s + 9.0)), 4_800)
            });
            // Over a semitone each, which holds some of any voice.
            let excess = |centre_hz: f64| {
                let power = |samples: &[f64]| {
                    let steps = (-5..=5).map(|i| centre_hz * (f64::from(i) / 120.0).exp2());
                    steps.map(|f| 10f64.powf(response_db(samples, f64::from(RATE), f) / 10.0)).sum::<f64>()
                };
                10.0 * (power(&with) / power(&clean)).log10()
            };
            let (at, far) = (excess(mud.freq_hz), excess(8.0 * mud.freq_hz));
            assert!((at - mud.gain_db).abs() < 0.7, "{:.2} dB at {} Hz, {} listed", at, mud.freq_hz, mud.gain_db);
            assert!(far.abs() < 0.5, "{far:.2} dB three octaves above {} Hz", mud.freq_hz);
        }
    }
}

#[test]
fn the_song_reads_as_the_ebur128_crate_reads_it() {
    let frames: Vec<_> = (0..stem("drums").frames())
        .map(|i| {
            let sum = |lane: usize| -> f64 {
                let side = |sound: &'static Sound| sound.channels.get(lane).unwrap_or(&sound.channels[0])[i];
                SONG.stems.iter().map(|stem| f64::from(side(&stem.sound))).sum()
            };
            [sum(0), sum(1)]
        })
        .collect();
    let stems = SONG.stems.iter().map(|stem| (stem.name, stem.sound.to_frames()));
    for (name, frames) in stems.chain([("sum", frames)]) {
        let mut ours = Meter::default();
        ours.prepare(f64::from(RATE));
        ours.run(&frames);
        let ours = ours.read();
        let mut theirs = EbuR128::new(2, RATE, Mode::I | Mode::LRA | Mode::TRUE_PEAK).expect("a mode");
        theirs.add_frames_f64(frames.as_flattened()).expect("whole frames");
        let integrated = theirs.loudness_global().expect("I");
        let off = (ours.integrated_lufs - integrated).abs();
        assert!(off < 0.1, "{name}: {:.3} LUFS read, {integrated:.3} by the ebur128 crate", ours.integrated_lufs);
        let peak = [0, 1].map(|c| theirs.true_peak(c).expect("true peak")).into_iter().fold(0.0, f64::max);
        // Both interpolate by finite filters: Tech 3341 allows +0.2 and -0.4 dB.
        let off = (ours.max_true_peak_db - gain_to_db(peak)).abs();
        assert!(off < 0.2, "{name}: {:.2} dBTP, {:.2} by the crate", ours.max_true_peak_db, gain_to_db(peak));
    }
}
