//! Orders of modules and their codes.

use tandem_dsp::order::{CODES, Order};
use tandem_tests::signals::Random;

fn is_permutation(slots: &[u8]) -> bool {
    (0..slots.len() as u8).all(|module| slots.contains(&module))
}

/// Every code of `N` places, or 20 000 of them, comes back from its order, which holds every module once. As no two
/// codes can come back from one order, codes and orders are one to one.
fn codes_come_back<const N: usize>() {
    let codes: u32 = (1..=N as u32).product();
    let mut random = Random::new(N as u64);
    let all = codes <= 40_320;
    for i in 0..if all { codes } else { 20_000 } {
        let code = if all { i } else { (random.uniform() * f64::from(codes)) as u32 };
        let order = Order::<N>::decode(code);
        assert!(is_permutation(order.slots()), "code {code} of {N} places: {order:?}");
        assert_eq!(order.encode(), code, "code of {order:?}");
        assert_eq!(Order::<N>::decode(code.wrapping_add(codes)), order, "{code} and {N}! more");
    }
    let natural: [u8; N] = std::array::from_fn(|place| place as u8);
    assert_eq!(Order::<N>::default().slots(), &natural, "code 0 is the natural order");
    let reversed: [u8; N] = std::array::from_fn(|place| (N - 1 - place) as u8);
    assert_eq!(Order::<N>::decode(codes - 1).slots(), &reversed, "the last code is the reversed order");
}

#[test]
fn every_order_has_one_code_and_every_code_one_order() {
    codes_come_back::<1>();
    codes_come_back::<2>();
    codes_come_back::<3>();
    codes_come_back::<4>();
    codes_come_back::<5>();
    codes_come_back::<6>();
    codes_come_back::<7>();
    codes_come_back::<8>();
    codes_come_back::<9>();
    codes_come_back::<10>();
}

#[test]
fn any_integer_is_an_order() {
    for code in [CODES, u32::MAX, u32::MAX / 2] {
        let order = Order::<10>::decode(code);
        assert!(is_permutation(order.slots()), "{code}: {order:?}");
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
fn moving_a_module_is_taking_it_out_and_putting_it_back() {
    for code in 0..120 {
        let order = Order::<5>::decode(code);
        for from in 0..5 {
            for to in 0..5 {
                let mut expected = order.slots().to_vec();
                let module = expected.remove(from);
                expected.insert(to, module);
                assert_eq!(order.moved(from, to).slots(), &expected[..], "{order:?}: {from} to {to}");
            }
        }
        for (from, to) in [(5, 0), (0, 5), (7, 9)] {
            assert_eq!(order.moved(from, to), order, "no place {from} or {to}: nothing moves");
        }
    }
}
