//! Reading between samples.

/// The value `fraction` of the way from `y[1]` to `y[2]` on the cubic through all four (Lagrange, third order).
#[inline]
pub(crate) fn cubic(y: [f32; 4], fraction: f32) -> f32 {
    let [w0, w1, w2, w3] = cubic_weights(fraction);
    y[0] * w0 + y[1] * w1 + y[2] * w2 + y[3] * w3
}

/// What [`cubic`] multiplies its four values by.
#[inline]
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
