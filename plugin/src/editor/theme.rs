//! Colours, sizes and the typeface.

use crate::state::Theme;
use egui::epaint::text::{FontTweak, VariationCoords};
use egui::{
    Color32, Context, CornerRadius, FontData, FontDefinitions, FontFamily, FontId, Margin, Shadow, Stroke, TextStyle,
    Vec2, Visuals,
};
use std::sync::Arc;

/// One colour for each meaning.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Colours {
    /// Behind everything, and inside graphs.
    pub bg: Color32,
    /// A surface.
    pub panel: Color32,
    /// Something to touch.
    pub raised: Color32,
    /// Tracks, separators.
    pub line: Color32,
    /// A graph's grid.
    pub grid: Color32,
    /// Text, needles, peaks.
    pub ink: Color32,
    /// Labels, units, what is off.
    pub mute: Color32,
    /// What the user has set: knob arcs, curves, what is selected, targets.
    pub yours: Color32,
    /// Text on [`yours`](Self::yours).
    pub on_yours: Color32,
    /// The sound before.
    pub input: Color32,
    /// The sound after.
    pub output: Color32,
    /// Gain reduction, what was cut, clipping, and what is wrong.
    pub taken: Color32,
}

/// Light on dark.
pub static DARK: Colours = Colours {
    bg: Color32::from_rgb(0x12, 0x14, 0x17),
    panel: Color32::from_rgb(0x19, 0x1C, 0x21),
    raised: Color32::from_rgb(0x22, 0x26, 0x2D),
    line: Color32::from_rgb(0x2F, 0x35, 0x3E),
    grid: Color32::from_rgb(0x26, 0x2B, 0x33),
    ink: Color32::from_rgb(0xE8, 0xEB, 0xEF),
    mute: Color32::from_rgb(0x94, 0x9E, 0xAB),
    yours: Color32::from_rgb(0xF0, 0xB6, 0x4A),
    on_yours: Color32::from_rgb(0x12, 0x14, 0x17),
    input: Color32::from_rgb(0x6E, 0xA3, 0xD8),
    output: Color32::from_rgb(0x72, 0xCF, 0xA0),
    taken: Color32::from_rgb(0xEC, 0x6A, 0x5E),
};

/// Dark on light.
pub static LIGHT: Colours = Colours {
    bg: Color32::from_rgb(0xE9, 0xE6, 0xE0),
    panel: Color32::from_rgb(0xF6, 0xF4, 0xF0),
    raised: Color32::from_rgb(0xFF, 0xFF, 0xFF),
    line: Color32::from_rgb(0xCF, 0xCA, 0xC1),
    grid: Color32::from_rgb(0xDB, 0xD7, 0xCE),
    ink: Color32::from_rgb(0x1E, 0x22, 0x27),
    mute: Color32::from_rgb(0x5B, 0x63, 0x6E),
    yours: Color32::from_rgb(0xA8, 0x64, 0x00),
    on_yours: Color32::from_rgb(0xFF, 0xFF, 0xFF),
    input: Color32::from_rgb(0x2F, 0x6D, 0xA8),
    output: Color32::from_rgb(0x1F, 0x7F, 0x52),
    taken: Color32::from_rgb(0xC2, 0x3B, 0x2E),
};

/// The colours of a theme.
pub fn colours(theme: Theme) -> &'static Colours {
    match theme {
        Theme::Dark => &DARK,
        Theme::Light => &LIGHT,
    }
}

/// Corners of surfaces.
pub const SURFACE_RADIUS: u8 = 8;
/// Corners of what can be touched.
pub const TOUCH_RADIUS: u8 = 5;
/// The least height and width of what can be touched, in points.
pub const TARGET: f32 = 24.0;

/// Space between things that belong together.
pub const GAP: f32 = 8.0;
/// Space around a panel's contents, and between groups.
pub const PAD: f32 = 16.0;

/// Marks of scales.
pub fn tiny() -> FontId {
    FontId::new(10.5, FontFamily::Proportional)
}

/// Labels.
pub fn small() -> FontId {
    FontId::new(11.5, FontFamily::Proportional)
}

/// Values and buttons.
pub fn body() -> FontId {
    FontId::new(13.0, medium_family())
}

/// Headings inside a panel.
pub fn heading() -> FontId {
    FontId::new(14.0, strong_family())
}

/// The plug-in's name: its first word, and its second.
pub fn title() -> [FontId; 2] {
    [FontId::new(17.0, strong_family()), FontId::new(17.0, FontFamily::Proportional)]
}

/// The one big figure of a panel.
pub fn figure() -> FontId {
    FontId::new(26.0, strong_family())
}

fn medium_family() -> FontFamily {
    FontFamily::Name("medium".into())
}

fn strong_family() -> FontFamily {
    FontFamily::Name("strong".into())
}

/// IBM Plex Sans, a variable font; its default figures are tabular. See `assets/fonts` for its licence.
static PLEX: &[u8] = include_bytes!("../../../assets/fonts/IBMPlexSans.ttf");

/// The typeface in its three weights.
pub fn fonts() -> FontDefinitions {
    let mut fonts = FontDefinitions::empty();
    let families = [
        (FontFamily::Proportional, 400.0),
        (FontFamily::Monospace, 400.0),
        (medium_family(), 450.0),
        (strong_family(), 600.0),
    ];
    for (family, weight) in families {
        let name = format!("plex-{weight}");
        let tweak = FontTweak { coords: VariationCoords::new([(b"wght", weight)]), ..FontTweak::default() };
        fonts.font_data.insert(name.clone(), Arc::new(FontData::from_static(PLEX).tweak(tweak)));
        fonts.families.insert(family, vec![name]);
    }
    fonts
}

/// Sets egui's own style, which popups, tooltips and text fields use, to `colours`.
pub fn apply(ctx: &Context, colours: &Colours, theme: Theme) {
    let egui_theme = match theme {
        Theme::Dark => egui::Theme::Dark,
        Theme::Light => egui::Theme::Light,
    };
    ctx.set_theme(egui_theme);
    ctx.all_styles_mut(|style| {
        style.text_styles = [
            (TextStyle::Small, tiny()),
            (TextStyle::Body, small()),
            (TextStyle::Button, body()),
            (TextStyle::Monospace, body()),
            (TextStyle::Heading, heading()),
        ]
        .into();
        style.visuals = visuals(colours, theme);
        style.animation_time = 0.08;
        style.interaction.tooltip_delay = 0.6;
        style.interaction.selectable_labels = false;
        style.spacing.item_spacing = Vec2::splat(GAP);
        style.spacing.interact_size = Vec2::splat(TARGET);
        style.spacing.button_padding = Vec2::new(10.0, 4.0);
        style.spacing.menu_margin = Margin::same(6);
        style.spacing.tooltip_width = 320.0;
    });
    ctx.options_mut(|options| options.zoom_with_keyboard = false);
}

fn visuals(colours: &Colours, theme: Theme) -> Visuals {
    let mut visuals = match theme {
        Theme::Dark => Visuals::dark(),
        Theme::Light => Visuals::light(),
    };
    visuals.override_text_color = Some(colours.ink);
    visuals.weak_text_color = Some(colours.mute);
    visuals.panel_fill = colours.bg;
    visuals.window_fill = colours.raised;
    visuals.window_stroke = Stroke::new(1.0, colours.line);
    visuals.window_corner_radius = CornerRadius::same(SURFACE_RADIUS);
    visuals.menu_corner_radius = CornerRadius::same(SURFACE_RADIUS);
    visuals.window_shadow = Shadow::NONE;
    visuals.popup_shadow = Shadow::NONE;
    visuals.extreme_bg_color = colours.bg;
    visuals.text_edit_bg_color = Some(colours.bg);
    // What cannot be used now is painted in its own colours: faded text could not be read.
    visuals.disabled_alpha = 1.0;
    visuals.selection.bg_fill = colours.yours.gamma_multiply(0.35);
    visuals.selection.stroke = Stroke::new(1.0, colours.ink);
    let widgets = &mut visuals.widgets;
    for state in [
        &mut widgets.noninteractive,
        &mut widgets.inactive,
        &mut widgets.hovered,
        &mut widgets.active,
        &mut widgets.open,
    ] {
        state.corner_radius = CornerRadius::same(TOUCH_RADIUS);
        state.bg_fill = colours.raised;
        state.weak_bg_fill = colours.raised;
        state.bg_stroke = Stroke::NONE;
        state.fg_stroke = Stroke::new(1.0, colours.ink);
        state.expansion = 0.0;
    }
    widgets.noninteractive.bg_stroke = Stroke::new(1.0, colours.line);
    for state in [&mut widgets.hovered, &mut widgets.active, &mut widgets.open] {
        state.weak_bg_fill = colours.line;
        state.bg_fill = colours.line;
    }
    visuals
}
