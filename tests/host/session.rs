//! A session through the built plug-ins: stems through Channels into Master, and what is refused.

use crate::bundles::bundle;
use std::fs;
use std::path::{Path, PathBuf};
use tandem_dsp::monitor::{Heard, Monitor};
use tandem_render::audio::{self, Bits, Sound};
use tandem_render::measure::{Measured, band_db, part};
use tandem_render::render::{Options, render};
use tandem_render::session::{self, Files, Goal, Mastered, Mix, Verdict};
use tandem_render::song::{self, Kind};
use tandem_tests::measure::true_peak_db;
use tandem_tests::signals::{Random, pink};

const RATE: u32 = 48_000;

/// Where every test's master is to stop.
const CEILING_DBTP: f64 = -1.0;

fn goal(target_lufs: f64) -> Goal {
    Goal { target_lufs, ceiling_dbtp: CEILING_DBTP, bits: Bits::Int24 }
}

fn quiet() -> impl FnMut(&str, f64) + Send {
    |_: &str, _: f64| {}
}

/// `sound` as a file in `folder`.
fn file(folder: &Path, name: &str, sound: &Sound) -> PathBuf {
    let path = folder.join(name);
    audio::write(&path, sound, Bits::Float32, true).expect("writes");
    path
}

/// Pink noise with an envelope, so that its loudness is not all there is to it.
fn stem(seconds: f64, seed: u64, rms_db: f64, rate: u32) -> Sound {
    let frames = (seconds * f64::from(rate)) as usize;
    let mut noise = pink(frames, seed, rms_db);
    for (i, frame) in noise.iter_mut().enumerate() {
        let t = i as f64 / f64::from(rate);
        let level = 0.3 + 0.7 * (-(t * (1.0 + seed as f64 * 0.3)).fract() * 3.0).exp();
        *frame = frame.map(|x| x * level);
    }
    Sound::from_frames(&noise, rate)
}

/// Mixes and masters stem files as `cargo xtask demo` does.
fn run(paths: &[PathBuf], target_lufs: f64) -> (Mix, Mastered) {
    let bundle = bundle();
    let stems = session::open_stems(paths).expect("reads");
    let tempo_bpm = session::stem_tempo(&stems);
    let tracks = session::stem_tracks(stems, None, tempo_bpm).expect("makes tracks");
    let mix = session::mix(&bundle, tracks, tempo_bpm, &mut quiet()).expect("mixes");
    let mastering = session::stem_mastering(&mix);
    let master = session::master(&bundle, &mix.sound, &mastering, goal(target_lufs), &mut quiet());
    (mix, master.expect("masters"))
}

/// The message with which `paths` are refused.
fn refusal(paths: &[PathBuf]) -> String {
    format!("{:#}", session::open_stems(paths).expect_err("is refused"))
}

#[test]
fn stems_of_any_level_end_on_the_target() {
    let folder = tempfile::tempdir().expect("a folder");
    for offset_db in [0.0, -12.0, -24.0] {
        let paths: Vec<_> = [(1, -20.0), (2, -26.0), (3, -34.0)]
            .map(|(seed, rms_db)| {
                file(folder.path(), &format!("{seed}.wav"), &stem(8.0, seed, rms_db + offset_db, RATE))
            })
            .to_vec();
        for target_lufs in [-23.0, -18.0] {
            let (mix, master) = run(&paths, target_lufs);
            let reading = &master.measured.reading;
            let off = reading.integrated_lufs - target_lufs;
            assert_eq!(master.verdict, Verdict::OnTarget, "{offset_db} dB, target {target_lufs}: {}", master.verdict);
            assert!(off.abs() <= 0.1, "{offset_db} dB, target {target_lufs}: {off:+.2} LU off");
            assert!(reading.max_true_peak_db <= CEILING_DBTP + 0.02, "{} dBTP", reading.max_true_peak_db);
            let bus = Measured::of(&mix.sound).reading.max_true_peak_db;
            assert!((-30.0..=-3.0).contains(&bus), "{offset_db} dB: the bus peaks at {bus:.1} dBTP");
        }
    }
}

#[test]
fn the_balance_is_the_users() {
    let folder = tempfile::tempdir().expect("a folder");
    let stems = [stem(4.0, 1, -14.0, RATE), stem(4.0, 2, -44.0, RATE), stem(4.0, 3, -29.0, RATE)];
    let paths: Vec<_> = stems.iter().enumerate().map(|(i, s)| file(folder.path(), &format!("{i}.wav"), s)).collect();
    let (mix, _) = run(&paths, -20.0);
    let level = |sound: &Sound| band_db(sound, 300.0, 3_000.0);
    let gains: Vec<f64> = mix.channels.iter().zip(&stems).map(|(c, stem)| level(&c.sound) - level(stem)).collect();
    for gain in &gains {
        assert!((gain - gains[0]).abs() < 0.05, "stems are moved by {gains:.2?} dB, which should be one figure");
    }
}

/// The true peak as an FFT interpolates it at sixteen points a sample, dBTP.
fn interpolated_peak_db(sound: &Sound) -> f64 {
    let peak = |channel: &Vec<f32>| true_peak_db(&channel.iter().map(|x| f64::from(*x)).collect::<Vec<_>>());
    sound.channels.iter().map(peak).fold(f64::NEG_INFINITY, f64::max)
}

#[test]
fn a_loud_target_goes_through_the_limiter_and_under_the_ceiling() {
    let folder = tempfile::tempdir().expect("a folder");
    let paths = [1, 2].map(|seed| file(folder.path(), &format!("{seed}.wav"), &stem(6.0, seed, -24.0, RATE)));
    for target_lufs in [-11.0, -9.0] {
        let (mix, master) = run(&paths, target_lufs);
        // As it is written: 24 bits.
        let path = folder.path().join("master.wav");
        audio::write(&path, &master.sound, Bits::Int24, true).expect("writes");
        let written = audio::read(&path).expect("reads");
        let off = Measured::of(&written).reading.integrated_lufs - target_lufs;
        assert!(off.abs() <= 0.3, "target {target_lufs}: {off:+.2} LU off");
        let peak_dbtp = interpolated_peak_db(&written);
        assert!(peak_dbtp <= CEILING_DBTP + 0.02, "target {target_lufs}: {peak_dbtp:.3} dBTP");
        // Gain alone would be over it.
        let mix = Measured::of(&mix.sound).reading;
        let alone_dbtp = mix.max_true_peak_db + target_lufs - mix.integrated_lufs;
        assert!(alone_dbtp > CEILING_DBTP + 2.0, "gain alone takes the peaks to {alone_dbtp:.1} dBTP");
    }
}

#[test]
fn where_a_target_is_out_of_reach_it_says_so_and_does_not_clip() {
    let folder = tempfile::tempdir().expect("a folder");
    // A tick a second, far above its loudness: what is turned up is turned down again.
    let mut random = Random::new(5);
    let frames: Vec<_> = (0..4 * RATE as usize)
        .map(|i| {
            let level = 0.5 * (-((i % 48_000) as f64) / 100.0).exp();
            [level * (2.0 * random.uniform() - 1.0); 2]
        })
        .collect();
    let (_, master) = run(&[file(folder.path(), "ticks.wav", &Sound::from_frames(&frames, RATE))], -8.0);
    let Verdict::OutOfReach { target_lufs, reached_lufs, .. } = master.verdict else { panic!("{}", master.verdict) };
    assert!(target_lufs == -8.0 && reached_lufs < -8.3, "{}", master.verdict);
    assert!((reached_lufs - master.measured.reading.integrated_lufs).abs() < 1e-9, "{}", master.verdict);
    let peak_dbtp = interpolated_peak_db(&master.sound);
    assert!(peak_dbtp <= CEILING_DBTP + 0.02, "peaks at {peak_dbtp:.3} dBTP");
}

/// Standard deviation of the momentary loudness while there is sound, LU.
fn spread(measured: &Measured) -> f64 {
    let loudest = measured.reading.max_momentary_lufs;
    let levels: Vec<f64> =
        measured.history.momentary_lufs.iter().copied().filter(|level| *level > loudest - 20.0).collect();
    let mean = levels.iter().sum::<f64>() / levels.len() as f64;
    (levels.iter().map(|level| (level - mean).powi(2)).sum::<f64>() / levels.len() as f64).sqrt()
}

#[test]
fn the_demo_song_is_mixed_with_what_it_needs() {
    let mut song = song::compose();
    // The first verse and half a chorus are enough.
    for stem in &mut song.stems {
        stem.sound = part(&stem.sound, 0.0, 17.0);
    }
    let bundle = bundle();
    let mixed = |song: &song::Song| {
        let tracks = session::demo_song_tracks(song);
        session::mix(&bundle, tracks, Some(song::TEMPO_BPM), &mut quiet()).expect("mixes")
    };
    let mix = mixed(&song);
    let mastering = session::demo_song_mastering();
    let mastered = |target_lufs: f64| {
        let master = session::master(&bundle, &mix.sound, &mastering, goal(target_lufs), &mut quiet());
        let master = master.expect("masters");
        assert_eq!(master.verdict, Verdict::OnTarget, "{}", master.verdict);
        master
    };
    let [soft, loud] = [-23.0, -9.0].map(mastered);
    // The limiter and the fader come after the glue, which so does the same at any target, and no more than it should.
    let work = |master: &Mastered, name: &str| {
        master
            .modules
            .iter()
            .find(|work| work.name == name)
            .and_then(|work| work.taken_db.clone())
            .expect("it turns down")
    };
    let glue = work(&loud, "Glue");
    assert!(glue == work(&soft, "Glue"), "the glue depends on the target");
    let most_db = glue.iter().copied().fold(0.0, f64::max);
    assert!((1.0..=2.5).contains(&most_db), "the glue takes {most_db:.1} dB at most");
    let held = work(&soft, "Limiter").iter().copied().fold(0.0, f64::max);
    assert!(held < 0.01, "the limiter takes {held:.2} dB of a master that is turned down");
    // Of a click the loudness meter sees next to nothing, the limiter all.
    let held = work(&loud, "Limiter").iter().copied().fold(0.0, f64::max);
    assert!((3.0..15.0).contains(&held), "the limiter takes {held:.1} dB at most of a loud master");

    // What the settings claim: less mud re presence in the lead than was recorded, by half of its excess or more.
    let lead = mix.channels.iter().find(|c| c.track.name == "lead").expect("a lead");
    let mud = song.mud.iter().find(|m| m.spans[0].0 < 1.0).expect("mud in the first verse");
    let tilt = |sound: &Sound| {
        let verse = part(sound, mud.spans[0].0, mud.spans[0].1);
        band_db(&verse, 0.94 * mud.freq_hz, 1.06 * mud.freq_hz) - band_db(&verse, 500.0, 1_000.0)
    };
    let cut = tilt(&lead.track.sound) - tilt(&lead.sound);
    assert!(cut > 0.5 * mud.gain_db, "{cut:.1} dB less of {} dB of mud at {} Hz", mud.gain_db, mud.freq_hz);
    // A compressed stem is as loud as it was, but steadier; a kit stays as unsteady as its strokes.
    for channel in mix.channels.iter().filter(|channel| channel.track.make_up) {
        let name = &channel.track.name;
        let mut bare = channel.track.clone();
        bare.make_up = false;
        bare.settings.retain(|setting| !setting.parameter.starts_with("Comp"));
        let compressed = session::mix(&bundle, vec![channel.track.clone()], None, &mut quiet()).expect("mixes");
        let bare = session::mix(&bundle, vec![bare], None, &mut quiet()).expect("mixes");
        let [bare, compressed] = [&bare.sound, &compressed.sound].map(Measured::of);
        let louder = compressed.reading.integrated_lufs - bare.reading.integrated_lufs;
        assert!(louder.abs() < 0.1, "{name}: {louder:+.2} LU by compression with its make-up");
        let steadier = spread(&bare) - spread(&compressed);
        assert!(name == "drums" || steadier > 0.3, "{name}: {steadier:.2} LU less deviation of the momentary loudness");
    }
    let chorus = song.sections.iter().find(|s| s.kind == Kind::Chorus).expect("a chorus");
    let keys = mix.channels.iter().find(|c| c.track.name == "keys").expect("keys");
    let width = |sound: &Sound| {
        let side: Vec<[f64; 2]> = sound.to_frames().iter().map(|[l, r]| [0.5 * (l - r); 2]).collect();
        band_db(&Sound::from_frames(&side, sound.rate), 200.0, 2_000.0) - band_db(sound, 200.0, 2_000.0)
    };
    let kit = mix.channels.iter().find(|c| c.track.name == "drums").expect("drums");
    let opened = width(&part(&kit.sound, chorus.from_s, 17.0)) - width(&part(&kit.track.sound, chorus.from_s, 17.0));
    assert!((1.0..4.0).contains(&opened), "the kit is {opened:.1} dB wider in the chorus, 2.3 dB set");
    let [left, right] = [0, 1].map(|side: usize| {
        let one = Sound { rate: keys.sound.rate, channels: vec![keys.sound.channels[side].clone()] };
        band_db(&one, 200.0, 2_000.0)
    });
    assert!(right - left > 0.5, "keys lean right: {left:.1} dB left, {right:.1} dB right");

    let again = mixed(&song);
    assert!(again.sound == mix.sound, "two mixes of the same differ");
}

#[test]
fn the_demo_song_ends_clean_held_and_even() {
    let song = song::compose();
    let bundle = bundle();
    let tracks = session::demo_song_tracks(&song);
    let mix = session::mix(&bundle, tracks, Some(song::TEMPO_BPM), &mut quiet()).expect("mixes");
    let (lead, band) = (mix.lead().expect("a lead"), mix.band.as_ref().expect("a band"));
    let step = |module: &str| {
        let found = lead.steps.iter().position(|step| step.module == module);
        let at = found.unwrap_or_else(|| panic!("the lead has a {module}"));
        [&lead.steps[at - 1].sound, &lead.steps[at].sound]
    };
    // The faults that the song was recorded with, at their places.
    let mended = session::mended(&song, lead).expect("the lead is cleaned");
    let gone = mended.clicks.iter().filter(|click| click.left_db <= -12.0).count();
    assert!(10 * gone >= 7 * mended.clicks.len(), "{gone} of {} clicks softer by 12 dB", mended.clicks.len());
    for mud in &mended.mud {
        let session::MudLeft { freq_hz, recorded_db, equalised_db, .. } = *mud;
        assert!(recorded_db > 5.0, "{freq_hz} Hz: {recorded_db:.1} dB of mud recorded");
        assert!(
            equalised_db.abs() < 0.5 * recorded_db,
            "{freq_hz} Hz: {recorded_db:.1} dB of mud, {equalised_db:.1} left"
        );
    }
    let esses = session::Sibilants::of(step("De-ess")[0]);
    let [sharp, soft] = step("De-ess").map(|sound| esses.level_db(sound));
    assert!((2.0..6.0).contains(&(sharp - soft)), "the esses lose {:.1} dB", sharp - soft);
    // Where the rider puts it: after the 3 s that the meter takes, the lead alone; echoes and plate lie behind it.
    let aim_lu = lead.track.above_lu.expect("a place over the band");
    let [before, after] = step("Rider").map(|sound| session::Distance::of(sound, band).within(aim_lu, 1.0));
    assert!(after >= 0.9, "within 1 LU of its place for {:.0} % of the time", 100.0 * after);
    assert!(after > before + 0.1, "within 1 LU for {:.0} % of the time, unridden {:.0}", 100.0 * after, 100.0 * before);
    for module in ["Delay", "Reverb"] {
        let [dry, wet] = step(module);
        assert!(dry != wet, "{module} adds nothing");
        let [dry, wet] = [dry, wet].map(|sound| Measured::of(sound).reading.integrated_lufs);
        assert!((wet - dry).abs() < 0.5, "{module}: {:+.2} LU", wet - dry);
    }

    let mastering = session::demo_song_mastering();
    let master = session::master(&bundle, &mix.sound, &mastering, goal(-14.0), &mut quiet()).expect("masters");
    let reading = &master.measured.reading;
    assert!((reading.integrated_lufs - -14.0).abs() <= 0.3, "{:.2} LUFS", reading.integrated_lufs);
    let peak_dbtp = interpolated_peak_db(&master.sound);
    assert!(peak_dbtp <= CEILING_DBTP + 0.1, "{peak_dbtp:.2} dBTP");
    the_leveler_holds_the_bass(&mix, &master, &song);
    let side: Vec<_> = master.sound.to_frames().iter().map(|[l, r]| [0.5 * (l - r); 2]).collect();
    let side_db = band_db(&Sound::from_frames(&side, RATE), 30.0, 60.0) - band_db(&master.sound, 30.0, 60.0);
    assert!(side_db < -30.0, "below 60 Hz the sides are {side_db:.0} dB re the whole");
    every_device_leaves_what_the_monitor_lets_hear(&master, &song);
    let step = 1.0 / 8_388_608.0;
    let off = master.sound.channels.iter().flatten().filter(|x| (f64::from(**x) / step).fract() != 0.0).count();
    assert_eq!(off, 0, "samples between the steps of 24 bits");
}

/// From the second section on, 5 s after each boundary.
fn the_leveler_holds_the_bass(mix: &Mix, master: &Mastered, song: &song::Song) {
    let at = master.modules.iter().position(|work| work.name == "Leveler").expect("a leveler");
    let before = if at == 0 { &mix.sound } else { &master.modules[at - 1].sound };
    let behind = &master.modules[at].sound;
    let settled = |sound: &Sound| -> Vec<Sound> {
        song.sections[1..4].iter().map(|section| part(sound, section.from_s + 5.0, section.to_s)).collect()
    };
    let spread = |values: &[f64]| {
        let (low, high) = values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), x| (x.min(l), x.max(h)));
        high - low
    };
    let bass = |sound: &Sound| band_db(sound, 40.0, 160.0);
    let beside_rest = |sound: &Sound| bass(sound) - band_db(sound, 160.0, 5_000.0);
    let uneven: Vec<f64> = settled(before).iter().map(beside_rest).collect();
    assert!(spread(&uneven) > 2.5, "bass beside the rest by section before the leveler: {uneven:.2?} dB");
    for (what, values) in [
        ("beside the rest behind the leveler", settled(behind).iter().map(beside_rest).collect::<Vec<_>>()),
        (
            "beside the loudness in the master",
            settled(&master.sound).iter().map(|s| bass(s) - Measured::of(s).reading.integrated_lufs).collect(),
        ),
    ] {
        println!("bass {what}: {values:.2?} dB, before {uneven:.2?}");
        assert!(spread(&values) <= 1.0, "bass {what} by section: {values:.2?} dB");
    }
    for (from_hz, to_hz) in [(160.0, 1_000.0), (1_000.0, 5_000.0), (5_000.0, 20_000.0)] {
        for (before, behind) in settled(before).iter().zip(settled(behind)) {
            let moved = band_db(&behind, from_hz, to_hz) - band_db(before, from_hz, to_hz);
            assert!(moved.abs() <= 0.5, "{from_hz} to {to_hz} Hz moves by {moved:.2} dB with the bass");
        }
    }
}

/// The translation that the report shows, against the master played through each device.
fn every_device_leaves_what_the_monitor_lets_hear(master: &Mastered, song: &song::Song) {
    let integrated_lufs = master.measured.reading.integrated_lufs;
    let translated = session::translated(&master.sound, integrated_lufs, &song.sections);
    assert_eq!(translated.len(), tandem_translation::all().len(), "devices in the report");
    for (on, device) in translated.iter().zip(tandem_translation::all()) {
        assert_eq!(on.device.id, device.id, "the report's order");
        assert!(!on.score.words().is_empty(), "{}: no words", device.name);
        let mut monitor = Monitor::default();
        monitor.prepare(f64::from(RATE));
        monitor.set(&Heard { device: Some(&device.filter), ..Heard::default() });
        let mut frames = master.sound.to_frames();
        monitor.run(&mut frames);
        let heard = Sound::from_frames(&frames, RATE);
        let change = |value: fn(&Sound) -> f64| value(&heard) - value(&master.sound);
        let louder = change(|sound| Measured::of(sound).reading.integrated_lufs);
        // The Monitor has the device's highest point at 0 dB, the score what is at 1 kHz.
        let wanted = louder - device.filter.response_db(1_000.0);
        let lu = on.score.loudness_lu;
        assert!((lu - wanted).abs() < 0.5, "{}: {lu:.2} LU, {wanted:.2} played through it", device.name);
        let wanted = change(|sound| band_db(sound, 17.8, 178.0)) - louder;
        let db = on.score.regions_db[0].expect("the song has a bass");
        assert!(
            (db - wanted).abs() < 0.5 || (db < -40.0 && wanted < -40.0),
            "{}: the bass {db:.2} dB beside the whole, {wanted:.2} played through it",
            device.name
        );
        let noisy = ["car", "cabin"].contains(&device.id.as_str());
        let softest = on.softest.as_ref().map(|(name, _)| name.starts_with("verse"));
        assert_eq!(softest, noisy.then_some(true), "{}: a verse is softest", device.name);
    }
}

#[test]
fn a_master_dithered_to_16_bits_is_written_as_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let paths = [file(folder.path(), "one.wav", &stem(4.0, 1, -24.0, RATE))];
    let bundle = bundle();
    let tracks = session::stem_tracks(session::open_stems(&paths).expect("reads"), None, None).expect("makes tracks");
    let mix = session::mix(&bundle, tracks, None, &mut quiet()).expect("mixes");
    let goal = Goal { bits: Bits::Int16, ..goal(-20.0) };
    let mastering = session::stem_mastering(&mix);
    let master = session::master(&bundle, &mix.sound, &mastering, goal, &mut quiet()).expect("masters");
    let files = Files::new(&folder.path().join("out"), false).expect("a folder");
    files.write_audio(&mix, &master, Bits::Int16).expect("writes");
    assert!(audio::read(&files.master()).expect("reads") == master.sound, "the file is what Master gave, bit for bit");
}

#[test]
fn a_stem_called_lead_is_held_over_the_others() {
    let folder = tempfile::tempdir().expect("a folder");
    let band = pink(24 * RATE as usize, 3, -22.0);
    let mut sung = pink(24 * RATE as usize, 4, -24.0);
    for (i, frame) in sung.iter_mut().enumerate() {
        // Wanders by ±4 dB in 9 s.
        let wander_db = 4.0 * (std::f64::consts::TAU * i as f64 / f64::from(RATE) / 9.0).sin();
        *frame = frame.map(|x| x * 10f64.powf(wander_db / 20.0));
    }
    let paths = [("pad.wav", band), ("02 Lead Vox.wav", sung)]
        .map(|(name, frames)| file(folder.path(), name, &Sound::from_frames(&frames, RATE)));
    let (mix, _) = run(&paths, -16.0);
    let (lead, band) = (mix.lead().expect("a lead"), mix.band.as_ref().expect("a band"));
    assert_eq!(lead.track.name, "02 Lead Vox");
    let aim_lu = lead.track.above_lu.expect("a place over the band");
    // Its own place: 2 dB below, less 0.9 dB by which the wandering raises its mean power. Leads may stand there.
    assert!((aim_lu - -1.1).abs() < 0.6, "{aim_lu:.1} LU over the band");
    let rider = lead.steps.iter().position(|step| step.module == "Rider").expect("a rider");
    let [before, after] =
        [rider - 1, rider].map(|at| session::Distance::of(&lead.steps[at].sound, band).within(aim_lu, 1.0));
    assert!(after >= 0.9 && after > before + 0.2, "within 1 LU for {after:.2} of the time, unridden {before:.2}");

    let stems = session::open_stems(&paths).expect("reads");
    let error = session::stem_tracks(stems, Some("nobody"), None).expect_err("refuses");
    assert!(error.to_string().contains("No stem is called \"nobody\""), "{error:#}");
    let stems = session::open_stems(&paths).expect("reads");
    let tracks = session::stem_tracks(stems, Some("pad.wav"), None).expect("makes tracks");
    assert!(tracks[0].above_lu.is_some() && tracks[1].above_lu.is_none(), "the stem that was named leads");
}

#[test]
fn steady_noise_between_notes_is_turned_down_and_fading_notes_are_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let frames = |decay_s: f64, noise_db: f64| -> Sound {
        let mut frames = pink(10 * RATE as usize, 9, noise_db);
        let tone = |i: usize| {
            let t = i as f64 / f64::from(RATE);
            0.4 * (-(t % 2.0) / decay_s).exp() * (std::f64::consts::TAU * 440.0 * t).sin()
        };
        frames.iter_mut().enumerate().for_each(|(i, frame)| *frame = frame.map(|x| x + tone(i)));
        Sound::from_frames(&frames, RATE)
    };
    let (noisy, fading) = (frames(0.08, -65.0), frames(0.3, -120.0));
    let paths = [("noisy.wav", &noisy), ("fading.wav", &fading)].map(|(name, sound)| file(folder.path(), name, sound));
    let (mix, _) = run(&paths, -20.0);
    let gated = |at: usize| mix.channels[at].settings.iter().any(|setting| setting.parameter == "Gate On");
    assert!(gated(0) && !gated(1), "gates: {}, {}", gated(0), gated(1));
    let fall = |sound: &Sound| {
        band_db(&part(sound, 3.2, 3.9), 1_000.0, 8_000.0) - band_db(&part(sound, 2.0, 2.1), 300.0, 600.0)
    };
    let lower = fall(&noisy) - fall(&mix.channels[0].sound);
    assert!(lower > 8.0, "the noise lies {lower:.1} dB lower");
}

#[test]
fn echoes_follow_the_tempo_that_the_host_tells() {
    for bpm in [84.0, 126.0] {
        let mut plugin = bundle().open("channel").expect("opens");
        for (parameter, value) in [
            ("Delay On", "On"),
            ("Delay Note", "1/4"),
            ("Delay Feedback", "0 %"),
            ("Delay Send", "0 dB"),
            ("Delay Low Cut", "Off"),
            ("Delay High Cut", "Off"),
            ("Delay Wet Only", "On"),
        ] {
            plugin.set(parameter, value).expect("sets");
        }
        const STRUCK: usize = 1_000;
        let mut stroke = vec![0.0; RATE as usize];
        stroke[STRUCK] = 0.5;
        let sound = Sound { rate: RATE, channels: vec![stroke.clone(), stroke] };
        let options = Options { tempo_bpm: Some(bpm), ..Options::default() };
        let echo = render(&mut plugin, &sound, &options, |_| {}).expect("renders").sound;
        let loudest = echo.channels[0].iter().enumerate().max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()));
        let late = loudest.expect("an echo").0 as f64 - STRUCK as f64;
        let quarter = 60.0 / bpm * f64::from(RATE);
        assert!((late - quarter).abs() <= 1.0, "at {bpm} bpm the echo is {late} frames late, {quarter:.1} expected");
    }
}

#[test]
fn stems_that_keep_a_tempo_have_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let strokes = |bpm: f64| -> Sound {
        let mut random = Random::new(11);
        let beat = 60.0 / bpm * f64::from(RATE);
        let stroke = |i: usize| {
            let eighth = (2.0 * i as f64 / beat) as usize;
            let level = if eighth.is_multiple_of(2) { 0.5 } else { 0.15 };
            level * (-((i as f64) % (0.5 * beat)) / 1_500.0).exp()
        };
        let frames: Vec<_> = (0..20 * RATE as usize).map(|i| [stroke(i) * (2.0 * random.uniform() - 1.0); 2]).collect();
        Sound::from_frames(&frames, RATE)
    };
    let tempo = |sound: &Sound| {
        session::stem_tempo(&session::open_stems(&[file(folder.path(), "a.wav", sound)]).expect("reads"))
    };
    for bpm in [84.0, 97.0, 112.0, 126.0] {
        assert_eq!(tempo(&strokes(bpm)), Some(bpm), "strokes at {bpm}");
    }
    let noise = Sound::from_frames(&pink(20 * RATE as usize, 2, -20.0), RATE);
    assert_eq!(tempo(&noise), None, "noise keeps no tempo");
}

#[test]
fn a_csv_beside_a_stem_moves_its_channel() {
    let folder = tempfile::tempdir().expect("a folder");
    let frames = vec![[0.1; 2]; 6 * RATE as usize];
    let hum: Vec<_> = frames.iter().enumerate().map(|(i, [a, _])| [a * (0.13 * i as f64).sin(); 2]).collect();
    let path = file(folder.path(), "hum.wav", &Sound::from_frames(&hum, RATE));
    fs::write(folder.path().join("hum.csv"), "3,Output Fader,-9 dB\n").expect("writes");
    let (mix, _) = run(std::slice::from_ref(&path), -23.0);
    let level = |from_s, to_s| band_db(&part(&mix.sound, from_s, to_s), 500.0, 2_000.0);
    let moved = level(4.0, 5.0) - level(1.0, 2.0);
    assert!((moved - -9.0).abs() < 0.05, "the fader moved by {moved:.2} dB, -9 dB written");

    fs::write(folder.path().join("hum.csv"), "3,Output Fader,loud\n").expect("writes");
    let message = refusal(&[path]);
    assert!(message.contains("hum.csv, line 1") && message.contains("\"loud\""), "{message}");
}

#[test]
fn bad_stems_get_one_clear_message() {
    let folder = tempfile::tempdir().expect("a folder");
    let good = file(folder.path(), "good.wav", &stem(1.0, 1, -20.0, RATE));
    let other = file(folder.path(), "other.wav", &stem(1.0, 1, -20.0, 44_100));
    let empty = folder.path().join("empty.wav");
    fs::write(&empty, "").expect("writes");
    let words = folder.path().join("words.wav");
    fs::write(&words, "This is a text file.\n").expect("writes");
    let no_samples = file(folder.path(), "short.wav", &Sound { rate: RATE, channels: vec![vec![]] });
    let wide = file(folder.path(), "wide.wav", &Sound { rate: RATE, channels: vec![vec![0.0; 100]; 6] });
    let missing = folder.path().join("missing.wav");
    for (paths, says) in [
        (vec![missing], vec!["missing.wav"]),
        (vec![words], vec!["words.wav is no WAV or FLAC file"]),
        (vec![empty], vec!["empty.wav is empty"]),
        (vec![no_samples], vec!["short.wav holds no samples"]),
        (vec![wide], vec!["wide.wav has 6 channels"]),
        (vec![good.clone(), other], vec!["rates differ", "48000 Hz", "44100 Hz", "good.wav", "other.wav"]),
        (vec![good, folder.path().to_path_buf()], vec!["is a folder"]),
    ] {
        let message = refusal(&paths);
        assert!(!message.contains('\n'), "more than one line: {message}");
        for part in says {
            assert!(message.contains(part), "\"{message}\" does not say \"{part}\"");
        }
    }
    let silence = file(folder.path(), "silence.wav", &Sound { rate: RATE, channels: vec![vec![0.0; 48_000]] });
    let stems = session::open_stems(&[silence]).expect("reads");
    let tracks = session::stem_tracks(stems, None, None).expect("makes tracks");
    let error = session::mix(&bundle(), tracks, None, &mut quiet()).expect_err("nothing to mix");
    assert!(error.to_string().contains("silent"), "{error:#}");
}

#[test]
fn nothing_is_overwritten_without_leave() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("out");
    assert!(Files::new(&out, false).is_ok(), "a folder that is not there yet");
    fs::create_dir(&out).expect("makes");
    fs::write(out.join("master.wav"), "mine").expect("writes");
    let error = Files::new(&out, false).expect_err("refuses");
    assert!(error.to_string().contains("master.wav exists already"), "{error:#}");
    assert_eq!(fs::read_to_string(out.join("master.wav")).expect("reads"), "mine");
    assert!(Files::new(&out, true).is_ok(), "with force");
    let error = Files::new(&out.join("master.wav"), true).expect_err("a file is no folder");
    assert!(error.to_string().contains("is a file"), "{error:#}");
}
