use super::*;

#[test]
fn every_style_leads_to_another_and_is_led_to() {
    let styles = [3, 5, 8, 9];
    let drawn = pairs(&styles, 1);
    let mut from: Vec<usize> = drawn.iter().map(|pair| pair.0).collect();
    let mut to: Vec<usize> = drawn.iter().map(|pair| pair.1).collect();
    from.sort_unstable();
    to.sort_unstable();
    assert!(from == styles && to == styles && drawn.iter().all(|(from, to)| from != to));
    assert_eq!(drawn, pairs(&styles, 1));
    assert!(pairs(&[7], 1).is_empty());
}

#[test]
fn a_sweep_is_the_mean_over_pieces_of_one_style_against_the_other() {
    let judged = |from, to| Judged { whole: None, written: Some(vec![0.5, from, to]) };
    let nothing = || Judged { whole: None, written: None };
    let judged = [
        [judged(0.4, 0.1), judged(0.1, 0.1)],
        [judged(0.2, 0.2), nothing()],
        [judged(0.0, 0.5), judged(0.0, 0.5)],
        [nothing(), nothing()],
        [judged(0.0, 0.0), judged(0.1, 0.3)],
    ];
    let styles = ["a", "b", "c"].map(str::to_owned);
    let sweep = sweep(&(1, 2), &judged.into_iter().flatten().collect::<Vec<_>>(), 2, &styles);
    let expect = [0.35, 0.5, 1.0, 0.0, 0.375];
    assert!(sweep.heard.iter().zip(expect).all(|(heard, expect)| (heard - expect).abs() < 1e-6), "{:?}", sweep.heard);
    assert_eq!((sweep.from.as_str(), sweep.to.as_str(), sweep.rises()), ("b", "c", 3));
}

#[test]
fn rare_styles_weigh_as_much_as_frequent_ones() {
    let mut confusion = Confusion::new(3);
    (0..9).for_each(|_| confusion.add(0, Some(&[0.9, 0.1, 0.0])));
    confusion.add(1, Some(&[0.9, 0.1, 0.0]));
    confusion.add(1, None);
    assert_eq!(confusion.counts, [[9, 0, 0, 0], [1, 0, 0, 1], [0, 0, 0, 0]]);
    assert_eq!([0, 1, 2].map(|style| confusion.recognised(style)), [Some(1.0), Some(0.0), None]);
    assert!((confusion.balanced(0..3) - 0.5).abs() < 1e-12);
}
