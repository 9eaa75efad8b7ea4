//! Reading between samples.

/// The value `fraction` of the way from `y[1]` to `y[2]` on the cubic through all four (Lagrange, third order).
#[inline(always)]
pub(crate) fn cubic(y: [f32; 4], fraction: f32) -> f32 {
    let c2 = 0.5 * (y[0] + y[2]) - y[1];
    let c3 = (y[3] - y[0]) * (1.0 / 6.0) + 0.5 * (y[1] - y[2]);
    let c1 = y[2] - y[1] - c2 - c3;
    ((c3 * fraction + c2) * fraction + c1) * fraction + y[1]
}

/// What [`cubic`] multiplies its four values by.
#[inline(always)]
pub(crate) fn cubic_weights(d: f32) -> [f32; 4] {
    let below = d + 1.0;
    let above = d - 1.0;
    let beyond = d - 2.0;
    [
        -d * above * beyond * (1.0 / 6.0),
        below * above * beyond * 0.5,
        -below * d * beyond * 0.5,
        below * d * above * (1.0 / 6.0),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_the_cubic_agree() {
        let y = [0.3, -0.8, 0.5, 0.9];
        for step in 0..=10_u8 {
            let d = f32::from(step) / 10.0;
            let weighted: f32 = cubic_weights(d).iter().zip(y).map(|(w, y)| w * y).sum();
            assert!((cubic(y, d) - weighted).abs() < 1e-6, "{d}");
        }
    }
}
