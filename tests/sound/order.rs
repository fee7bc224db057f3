//! Orders of modules and their codes.

use tandem_dsp::order::{CODES, Order, PLACES};
use tandem_tests::signals::Random;

fn is_permutation(places: &[u8]) -> bool {
    (0..PLACES as u8).all(|place| places.contains(&place))
}

/// As no two codes can come back from one order, codes and orders are one to one.
#[test]
fn every_order_has_one_code_and_every_code_one_order() {
    let mut random = Random::new(1);
    let some = (0..40_320).chain((0..20_000).map(|_| (random.uniform() * f64::from(CODES)) as u32));
    for code in some {
        let order = Order::decode(code);
        assert!(is_permutation(order.places()), "code {code}: {order:?}");
        assert_eq!(order.encode(), code, "code of {order:?}");
        assert_eq!(Order::decode(code.wrapping_add(CODES)), order, "{code} and 10! more");
    }
    let natural: [u8; PLACES] = std::array::from_fn(|place| place as u8);
    assert_eq!(Order::default().places(), &natural, "code 0 is the natural order");
    let reversed: [u8; PLACES] = std::array::from_fn(|place| (PLACES - 1 - place) as u8);
    assert_eq!(Order::decode(CODES - 1).places(), &reversed, "the last code is the reversed order");
    assert_eq!(Order::decode(1).places(), &[0, 1, 2, 3, 4, 5, 6, 7, 9, 8], "codes are in lexicographic order");
}

#[test]
fn any_integer_is_an_order() {
    for code in [CODES, u32::MAX, u32::MAX / 2] {
        let order = Order::decode(code);
        assert!(is_permutation(order.places()), "{code}: {order:?}");
    }
}

#[test]
fn every_code_survives_a_host_that_normalises_it_in_f32() {
    let last = CODES - 1;
    for code in 0..CODES {
        // In f32 all the way, and in f64 with an f32 between, as hosts and wrappers do.
        let single = code as f32 / last as f32;
        assert_eq!((single * last as f32).round() as u32, code, "{code} normalised to {single} in f32");
        let double = (f64::from(code) / f64::from(last)) as f32;
        assert_eq!((f64::from(double) * f64::from(last)).round() as u32, code, "{code} normalised to {double} in f64");
    }
}

#[test]
fn named_places_change_among_themselves_and_the_others_stay() {
    let arranged = |named: &[u8]| Order::arranged(named).map(|order| *order.places());
    assert_eq!(arranged(&[]), Some([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]), "none is named");
    assert_eq!(arranged(&[5, 3]), Some([0, 1, 2, 5, 4, 3, 6, 7, 8, 9]), "5 before 3");
    assert_eq!(arranged(&[9, 0, 4]), Some([9, 1, 2, 3, 0, 5, 6, 7, 8, 4]), "9, 0, 4");
    assert_eq!([arranged(&[3, 3]), arranged(&[10])], [None; 2], "a place twice; no place");
}
