//! How the mouth stands for each sound, and what noise it makes there.
//!
//! Formants of a tenor after the tables in the Csound manual (appendix "Formant values", from IRCAM's measurements for
//! FOF synthesis), of the short vowels after Peterson and Barney (JASA 24, 1952).

/// Resonances of the vocal tract.
pub const FORMANTS: usize = 5;

/// A set of resonances.
#[derive(Clone, Copy, Debug)]
pub struct Mouth {
    /// Frequencies in Hz.
    pub freq_hz: [f64; FORMANTS],
    /// Levels in dB.
    pub level_db: [f64; FORMANTS],
    /// Bandwidths in Hz.
    pub width_hz: [f64; FORMANTS],
}

const WIDTHS_HZ: [f64; FORMANTS] = [85.0, 100.0, 135.0, 160.0, 190.0];

const fn mouth(freq_hz: [f64; FORMANTS], level_db: [f64; FORMANTS]) -> Mouth {
    Mouth { freq_hz, level_db, width_hz: WIDTHS_HZ }
}

/// The mouth of a vowel.
pub fn vowel(sound: char) -> Mouth {
    match sound {
        'a' => mouth([690.0, 1_120.0, 2_650.0, 3_050.0, 3_900.0], [0.0, -5.0, -10.0, -11.0, -20.0]),
        'e' => mouth([500.0, 1_720.0, 2_600.0, 3_200.0, 4_000.0], [0.0, -10.0, -12.0, -14.0, -21.0]),
        'i' => mouth([310.0, 2_050.0, 2_800.0, 3_300.0, 4_100.0], [0.0, -13.0, -14.0, -17.0, -24.0]),
        'o' => mouth([470.0, 830.0, 2_600.0, 2_950.0, 3_800.0], [0.0, -8.0, -15.0, -15.0, -25.0]),
        'u' => mouth([350.0, 740.0, 2_500.0, 2_900.0, 3_700.0], [0.0, -14.0, -20.0, -19.0, -29.0]),
        'A' => mouth([690.0, 1_680.0, 2_550.0, 3_150.0, 3_950.0], [0.0, -8.0, -11.0, -13.0, -21.0]),
        'I' => mouth([400.0, 1_900.0, 2_600.0, 3_200.0, 4_000.0], [0.0, -11.0, -13.0, -16.0, -23.0]),
        'U' => mouth([440.0, 950.0, 2_450.0, 2_950.0, 3_800.0], [0.0, -10.0, -17.0, -17.0, -26.0]),
        'V' => mouth([640.0, 1_190.0, 2_500.0, 3_050.0, 3_900.0], [0.0, -6.0, -12.0, -13.0, -22.0]),
        _ => mouth([520.0, 1_450.0, 2_500.0, 3_100.0, 3_900.0], [0.0, -9.0, -13.0, -15.0, -23.0]),
    }
}

/// A consonant.
#[derive(Clone, Copy, Debug)]
pub struct Consonant {
    /// Seconds.
    pub length_s: f64,
    /// Level of the voice, dB; `None` if the folds stand still.
    pub voice_db: Option<f64>,
    /// The mouth, where it is the consonant's own and not the neighbouring vowel's.
    pub mouth: Option<Mouth>,
    /// Noise between tongue, teeth and lips.
    pub noise: Option<Noise>,
    /// Whether the mouth is shut until a burst of the noise at its end.
    pub stop: bool,
}

/// Noise of a narrow place.
#[derive(Clone, Copy, Debug)]
pub struct Noise {
    /// Where in the spectrum, Hz.
    pub freq_hz: f64,
    /// How narrow.
    pub q: f64,
    /// Level in dB.
    pub level_db: f64,
}

/// The consonant written as that character.
pub fn consonant(sound: char) -> Consonant {
    let noise = |freq_hz, q, level_db| Some(Noise { freq_hz, q, level_db });
    let (length_s, voice_db, own_mouth, noise, stop) = match sound {
        's' => (0.115, None, None, noise(6_800.0, 1.3, -24.0), false),
        'z' => (0.075, Some(-11.0), None, noise(6_500.0, 1.3, -30.0), false),
        'f' => (0.095, None, None, noise(5_200.0, 0.5, -32.0), false),
        'v' => (0.06, Some(-8.0), None, noise(4_800.0, 0.5, -33.0), false),
        'D' => (0.045, Some(-8.0), None, noise(5_500.0, 0.5, -34.0), false),
        't' => (0.07, None, None, noise(4_600.0, 1.0, -24.0), true),
        'd' => (0.05, Some(-20.0), None, noise(3_900.0, 1.0, -28.0), true),
        'g' => (0.055, Some(-20.0), None, noise(1_900.0, 1.6, -26.0), true),
        'm' => (
            0.075,
            Some(-6.0),
            Some(mouth([260.0, 1_050.0, 2_200.0, 3_000.0, 3_800.0], [0.0, -22.0, -28.0, -32.0, -40.0])),
            None,
            false,
        ),
        'n' => (
            0.065,
            Some(-6.0),
            Some(mouth([270.0, 1_550.0, 2_450.0, 3_100.0, 3_800.0], [0.0, -20.0, -25.0, -30.0, -38.0])),
            None,
            false,
        ),
        'N' => (
            0.09,
            Some(-7.0),
            Some(mouth([280.0, 1_900.0, 2_500.0, 3_100.0, 3_800.0], [0.0, -21.0, -26.0, -31.0, -39.0])),
            None,
            false,
        ),
        'l' => (
            0.065,
            Some(-3.0),
            Some(mouth([380.0, 1_050.0, 2_700.0, 3_200.0, 3_900.0], [0.0, -12.0, -18.0, -22.0, -30.0])),
            None,
            false,
        ),
        'r' => (
            0.065,
            Some(-3.0),
            Some(mouth([380.0, 1_150.0, 1_650.0, 2_700.0, 3_700.0], [0.0, -9.0, -13.0, -24.0, -32.0])),
            None,
            false,
        ),
        'w' => (
            0.07,
            Some(-4.0),
            Some(mouth([300.0, 650.0, 2_200.0, 2_900.0, 3_700.0], [0.0, -13.0, -26.0, -28.0, -36.0])),
            None,
            false,
        ),
        _ => (0.06, None, None, None, false),
    };
    Consonant { length_s, voice_db, mouth: own_mouth, noise, stop }
}
