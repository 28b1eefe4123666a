//! Functions whose last digit does not depend on the machine's C library, so
//! that one table gives one scorecard everywhere.

pub(crate) fn ln(x: f64) -> f64 {
    libm::log(x)
}

pub(crate) fn exp(x: f64) -> f64 {
    libm::exp(x)
}

/// `1 / (1 + e^-x)` without overflow.
pub(crate) fn logistic(x: f64) -> f64 {
    if x >= 0.0 {
        1.0 / (1.0 + exp(-x))
    } else {
        let e = exp(x);
        e / (1.0 + e)
    }
}

/// `ln(1 + e^x)` without overflow.
pub(crate) fn softplus(x: f64) -> f64 {
    if x > 0.0 {
        x + libm::log1p(exp(-x))
    } else {
        libm::log1p(exp(x))
    }
}

/// The probability that a standard normal is beyond `z` on either side.
pub(crate) fn two_sided(z: f64) -> f64 {
    libm::erfc(z.abs() / std::f64::consts::SQRT_2)
}

/// The probability that a chi-square of `freedom` degrees is above `x`.
pub(crate) fn chi_square_above(x: f64, freedom: u32) -> f64 {
    if freedom == 0 || x <= 0.0 {
        return 1.0;
    }
    statrs::function::gamma::gamma_ur(f64::from(freedom) / 2.0, x / 2.0)
}

/// The standard normal quantile: how many standard errors an interval of
/// `confidence` reaches to either side.
pub(crate) fn normal_reach(confidence: f64) -> f64 {
    std::f64::consts::SQRT_2 * statrs::function::erf::erf_inv(confidence)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tails_agree_with_printed_tables() {
        assert!((two_sided(1.959_963_984_540_054) - 0.05).abs() < 1e-12);
        assert!((normal_reach(0.95) - 1.959_963_984_540_054).abs() < 1e-9);
        // Chi-square tables: 3.841 at one degree, 15.507 at eight, for 0.05.
        assert!((chi_square_above(3.841_458_820_694_124, 1) - 0.05).abs() < 1e-9);
        assert!((chi_square_above(15.507_313_055_865_453, 8) - 0.05).abs() < 1e-9);
        assert_eq!(chi_square_above(0.0, 3), 1.0);
    }

    #[test]
    fn nothing_overflows() {
        assert_eq!((logistic(1e4), logistic(-1e4)), (1.0, 0.0));
        assert_eq!((softplus(1e4), softplus(-1e4)), (1e4, 0.0));
        assert!((logistic(0.3) - 1.0 / (1.0 + (-0.3_f64).exp())).abs() < 1e-15);
    }
}
