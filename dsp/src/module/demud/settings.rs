//! What can be set on the de-mud.

use crate::control::{Dial, Group, Scale, Settings, Unit, Visit, defaults};

/// The module's group.
pub static GROUP: Group = Group { id: "demud", name: "De-mud" };

/// Nodes of the weight curve.
pub const NODES: usize = 6;

/// The nodes' groups.
pub static NODE: [Group; NODES] = [
    Group { id: "demud_1", name: "De-mud 1" },
    Group { id: "demud_2", name: "De-mud 2" },
    Group { id: "demud_3", name: "De-mud 3" },
    Group { id: "demud_4", name: "De-mud 4" },
    Group { id: "demud_5", name: "De-mud 5" },
    Group { id: "demud_6", name: "De-mud 6" },
];

/// How much of what sticks out is taken.
pub static DEPTH: Dial = Dial {
    id: "depth",
    name: "Depth",
    range: (0.0, 100.0),
    default: 50.0,
    unit: Unit::Percent,
    scale: Scale::Linear,
    lowest: None,
    highest: None,
    help: "How much of what sticks out is taken: 100 % brings it down to its surroundings.",
};

/// How narrow a resonance it looks for.
pub static DETAIL: Dial = Dial {
    id: "detail",
    name: "Detail",
    range: (0.0, 100.0),
    default: 75.0,
    unit: Unit::Percent,
    scale: Scale::Linear,
    lowest: None,
    highest: None,
    help: "How narrow what it looks for is, and what it cuts: half an octave at 0 %, a twelfth at 100 %. Low for a \
           clouded voice, whose single tones then stay; high for rooms and shells that ring.",
};

/// How quickly it follows.
pub static SPEED: Dial = Dial {
    id: "speed",
    name: "Speed",
    range: (30.0, 3_000.0),
    default: 300.0,
    unit: Unit::Millis,
    scale: Scale::Log,
    lowest: None,
    highest: None,
    help: "Time over which it listens, about 350 Hz; below that it takes longer, above shorter. The quicker, the further \
           something must stick out to be told from chance.",
};

/// Lower end of the range.
pub static LOW: Dial = Dial {
    id: "low",
    name: "Low",
    range: (40.0, 16_000.0),
    default: 100.0,
    unit: Unit::Hertz,
    scale: Scale::Log,
    lowest: None,
    highest: None,
    help: "Lower end of the range in which it cuts.",
};

/// Upper end of the range.
pub static HIGH: Dial = Dial {
    id: "high",
    name: "High",
    range: (40.0, 16_000.0),
    default: 600.0,
    unit: Unit::Hertz,
    scale: Scale::Log,
    lowest: None,
    highest: None,
    help: "Upper end of the range in which it cuts.",
};

/// Where each node lies; they start spread over the range.
pub static FREQUENCIES: [Dial; NODES] = [
    node_frequency(110.0),
    node_frequency(160.0),
    node_frequency(220.0),
    node_frequency(300.0),
    node_frequency(420.0),
    node_frequency(580.0),
];

const fn node_frequency(default: f64) -> Dial {
    Dial {
        id: "freq",
        name: "Frequency",
        range: (40.0, 16_000.0),
        default,
        unit: Unit::Hertz,
        scale: Scale::Log,
        lowest: None,
        highest: None,
        help: "Where the node lies. Between two nodes the weight runs straight from one to the other.",
    }
}

/// How much the depth counts at a node.
pub static WEIGHT: Dial = Dial {
    id: "weight",
    name: "Weight",
    range: (0.0, 200.0),
    default: 100.0,
    unit: Unit::Percent,
    scale: Scale::Linear,
    lowest: None,
    highest: None,
    help: "How much the depth counts about the node: 0 % leaves everything there alone, 200 % takes twice as much.",
};

/// A node of the weight curve, the one with the default frequency of `PLACE`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NodeSettings<const PLACE: usize> {
    /// [`FREQUENCIES`] in Hz.
    pub freq_hz: f64,
    /// [`WEIGHT`].
    pub weight_percent: f64,
}

impl<const PLACE: usize> Default for NodeSettings<PLACE> {
    fn default() -> Self {
        defaults(Self { freq_hz: 0.0, weight_percent: 0.0 })
    }
}

impl<const PLACE: usize> Settings for NodeSettings<PLACE> {
    fn visit(&mut self, visitor: &mut impl Visit) {
        let Self { freq_hz, weight_percent } = self;
        visitor.dial(freq_hz, &FREQUENCIES[PLACE]);
        visitor.dial(weight_percent, &WEIGHT);
    }
}

/// The nodes of the weight curve, in any order of their frequencies.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Nodes(
    pub NodeSettings<0>,
    pub NodeSettings<1>,
    pub NodeSettings<2>,
    pub NodeSettings<3>,
    pub NodeSettings<4>,
    pub NodeSettings<5>,
);

impl Nodes {
    /// Frequency in Hz and weight in per cent of each.
    pub fn all(&self) -> [(f64, f64); NODES] {
        let Self(a, b, c, d, e, f) = self;
        [
            (a.freq_hz, a.weight_percent),
            (b.freq_hz, b.weight_percent),
            (c.freq_hz, c.weight_percent),
            (d.freq_hz, d.weight_percent),
            (e.freq_hz, e.weight_percent),
            (f.freq_hz, f.weight_percent),
        ]
    }
}

/// What can be set on the de-mud.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DemudSettings {
    /// [`DEPTH`].
    pub depth_percent: f64,
    /// [`DETAIL`].
    pub detail_percent: f64,
    /// [`SPEED`].
    pub speed_ms: f64,
    /// [`LOW`].
    pub low_hz: f64,
    /// [`HIGH`].
    pub high_hz: f64,
    /// The weight curve.
    pub nodes: Nodes,
}

impl Default for DemudSettings {
    fn default() -> Self {
        defaults(Self {
            depth_percent: 0.0,
            detail_percent: 0.0,
            speed_ms: 0.0,
            low_hz: 0.0,
            high_hz: 0.0,
            nodes: Nodes::default(),
        })
    }
}

impl Settings for DemudSettings {
    const STARTS_ON: bool = false;

    fn visit(&mut self, visitor: &mut impl Visit) {
        let Self { depth_percent, detail_percent, speed_ms, low_hz, high_hz, nodes } = self;
        visitor.dial(depth_percent, &DEPTH);
        visitor.dial(detail_percent, &DETAIL);
        visitor.dial(speed_ms, &SPEED);
        visitor.dial(low_hz, &LOW);
        visitor.dial(high_hz, &HIGH);
        let Nodes(a, b, c, d, e, f) = nodes;
        visitor.group(a, &NODE[0]);
        visitor.group(b, &NODE[1]);
        visitor.group(c, &NODE[2]);
        visitor.group(d, &NODE[3]);
        visitor.group(e, &NODE[4]);
        visitor.group(f, &NODE[5]);
    }
}
