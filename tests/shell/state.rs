//! State without a host: what is stored, and what becomes of what is missing or none.

use nice_plug::params::Params;
use nice_plug::plugin::{ParamValue, PluginState};
use nice_plug::prelude::Plugin;
use std::collections::BTreeMap;
use tandem::channel::Channel;
use tandem::master::Master;
use tandem::shell::{Product, Shell, parameters};
use tandem::state::{EditorState, STATE_FORMAT, Theme};

fn empty() -> PluginState {
    PluginState { version: String::new(), params: BTreeMap::new(), fields: BTreeMap::new() }
}

fn is_made_whole<P: Product>(top: f64) {
    let mut state = empty();
    state.params.insert("input_trim".into(), ParamValue::F32(f32::NAN));
    state.params.insert("output_fader".into(), ParamValue::F32(1e9));
    state.params.insert("eq_on".into(), ParamValue::I32(0));
    state.params.insert("unheard_of".into(), ParamValue::F32(0.0));
    Shell::<P>::filter_state(&mut state);
    let tree = parameters::<P>();
    let controls = tree.controls();
    let ids: Vec<_> = controls.all().map(|index| controls.id(index).to_string()).collect();
    assert_eq!(state.params.len(), ids.len(), "{}: a value for each parameter and no other", P::NAME);
    assert!(ids.iter().all(|id| state.params.contains_key(id)), "{}: a parameter without a value", P::NAME);
    let value = |id: &str| match &state.params[id] {
        ParamValue::F32(value) => f64::from(*value),
        ParamValue::Bool(on) => f64::from(u8::from(*on)),
        ParamValue::I32(index) => f64::from(*index),
        ParamValue::String(text) => panic!("{id} is {text}"),
    };
    assert_eq!(value("input_trim"), 0.0, "{}: NaN becomes the default", P::NAME);
    assert_eq!(value("output_fader"), top, "{}: 1e9 dB becomes the top", P::NAME);
    assert_eq!(value("eq_on"), 1.0, "{}: a number for a switch becomes the default", P::NAME);
    assert_eq!(value("latency"), P::LATENCY_MODE as usize as f64, "{}: the mode of a fresh instance", P::NAME);
}

#[test]
fn a_state_is_made_whole_before_it_is_loaded() {
    is_made_whole::<Channel>(12.0);
    is_made_whole::<Master>(0.0);
}

#[test]
fn the_editor_comes_back_as_it_was_left() {
    let [shell, other] = [0; 2].map(|_| Shell::<Channel>::default());
    let editor = &shell.stored().editor;
    editor.set_size((1_400, 900));
    editor.set_scale(1.25);
    editor.set_theme(Theme::Light);
    editor.set_target("ebu_r128");
    let fields = shell.stored().serialize_fields();
    assert_eq!(fields["format"], STATE_FORMAT.to_string());
    other.stored().deserialize_fields(&fields);
    let editor = &other.stored().editor;
    assert_eq!((editor.size(), editor.scale(), editor.theme()), ((1_400, 900), 1.25, Theme::Light));
    assert_eq!(editor.target().id, "ebu_r128");
    assert_eq!(other.stored().serialize_fields(), fields, "the second save");
}

#[test]
fn a_destination_that_is_unknown_or_missing_is_the_first() {
    let shell = Shell::<Master>::default();
    let editor = &shell.stored().editor;
    for target in [r#","target":"a later one""#, ""] {
        editor.set_target("cd");
        let json = format!(r#"{{"width":1200,"height":800,"scale_percent":100,"theme":"dark"{target}}}"#);
        shell.stored().deserialize_fields(&BTreeMap::from([("editor".to_string(), json)]));
        assert_eq!((editor.size(), editor.target().id.as_str()), ((1_200, 800), "spotify"), "after {target:?}");
    }
}

#[test]
fn an_editor_that_cannot_be_is_not_restored() {
    let shell = Shell::<Master>::default();
    let editor: &EditorState = &shell.stored().editor;
    let before = (editor.size(), editor.scale(), editor.theme());
    for bad in ["", "{", "[]", "null", r#"{"width":-5,"height":1,"scale_percent":1,"theme":"dark"}"#, r#"{"width":9}"#]
    {
        shell.stored().deserialize_fields(&BTreeMap::from([("editor".to_string(), bad.to_string())]));
        assert_eq!((editor.size(), editor.scale(), editor.theme()), before, "after {bad:?}");
    }
    let huge = r#"{"width":4000000000,"height":0,"scale_percent":99999,"theme":"light"}"#;
    shell.stored().deserialize_fields(&BTreeMap::from([("editor".to_string(), huge.to_string())]));
    let ((width, height), scale) = (editor.size(), editor.scale());
    assert!((200..=8_192).contains(&width) && (200..=8_192).contains(&height), "a window of {width} by {height}");
    assert!((0.75..=3.0).contains(&scale), "a scale of {scale}");
}
