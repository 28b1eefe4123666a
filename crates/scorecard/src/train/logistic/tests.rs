use super::*;
use crate::train::design::DesignColumn;

/// Rows of two columns with values in tenths.
struct Rows {
    a: Vec<u8>,
    b: Vec<u8>,
    good: Vec<f64>,
    weights: Vec<f64>,
}

fn values() -> [f64; 256] {
    let mut values = [0.0; 256];
    for (index, value) in values.iter_mut().enumerate() {
        *value = index as f64 / 10.0;
    }
    values
}

impl Rows {
    fn design(&self) -> Design<'_> {
        let column = |name, levels| DesignColumn {
            name,
            levels,
            values: values(),
        };
        Design {
            columns: vec![column("a", &self.a[..]), column("b", &self.b[..])],
            good: self.good.clone(),
            weights: self.weights.clone(),
        }
    }
}

fn rows() -> Rows {
    Rows {
        a: vec![5, 12, 3, 20, 8, 15, 1, 18, 9, 4, 14, 7],
        b: vec![10, 3, 14, 6, 2, 9, 12, 1, 7, 11, 5, 13],
        good: vec![0., 1., 0., 1., 1., 1., 0., 1., 0., 1., 0., 0.],
        weights: vec![1., 2., 1., 1., 3., 1., 1., 2., 1., 1., 1., 2.],
    }
}

const BARE: Penalty = Penalty {
    l2: 0.0,
    l1: 0.0,
    not_negative: false,
};

/// The slopes of the penalised objective, by differences.
fn slopes(design: &Design<'_>, model: &Model, l2: f64) -> Vec<f64> {
    let objective = |intercept: f64, b: &[f64]| {
        let eta = design.predict(&model.which, intercept, b);
        loss(design, &eta) + l2 / 2.0 * b.iter().map(|b| b * b).sum::<f64>()
    };
    let h = 1e-5;
    let (c, b) = (model.intercept, &model.coefficients);
    let mut slopes = vec![(objective(c + h, b) - objective(c - h, b)) / (2.0 * h)];
    for i in 0..b.len() {
        let moved = |by: f64| {
            let mut b = b.clone();
            b[i] += by;
            objective(c, &b)
        };
        slopes.push((moved(h) - moved(-h)) / (2.0 * h));
    }
    slopes
}

#[test]
fn the_objective_is_flat_where_the_fit_ends() {
    let rows = rows();
    let design = rows.design();
    for l2 in [0.0, 0.5, 10.0] {
        let model = fit(&design, &[0, 1], &Penalty { l2, ..BARE }, None).expect("fitted");
        for slope in slopes(&design, &model, l2) {
            assert!(slope.abs() < 1e-6, "{l2}: {slope}");
        }
    }
}

#[test]
fn one_column_of_two_values_by_hand() {
    // Value 0: 6 good of 8; value 1: 3 good of 9. Without a penalty the fit is
    // the table of log-odds: ln 3, and ln(1/2) - ln 3.
    let mut good = vec![1.0; 6];
    good.extend([0.0; 2]);
    good.extend([1.0; 3]);
    good.extend([0.0; 6]);
    let a: Vec<u8> = (0..17).map(|row| if row < 8 { 0 } else { 10 }).collect();
    let rows = Rows {
        b: vec![0; 17],
        weights: vec![1.0; 17],
        a,
        good,
    };
    let model = fit(&rows.design(), &[0], &BARE, None).expect("fitted");
    assert!((model.intercept - 3_f64.ln()).abs() < 1e-9);
    assert!((model.coefficients[0] - (0.5_f64.ln() - 3_f64.ln())).abs() < 1e-9);
    // The variance of a difference of log-odds: 1/6 + 1/2 + 1/3 + 1/6; the
    // curvature is that of the step before the last.
    let error = model.standard_errors()[0].expect("a standard error");
    assert!((error * error - (1.0 / 6.0 + 0.5 + 1.0 / 3.0 + 1.0 / 6.0)).abs() < 1e-6);
}

#[test]
fn signs_hold_and_the_rest_is_at_its_best() {
    let rows = rows();
    let design = rows.design();
    let free = fit(&design, &[0, 1], &BARE, None).expect("fitted");
    assert!(
        free.coefficients[1] < 0.0,
        "the example has a negative sign"
    );
    let bound = fit(
        &design,
        &[0, 1],
        &Penalty {
            not_negative: true,
            ..BARE
        },
        None,
    )
    .expect("fitted");
    assert_eq!(bound.coefficients[1], 0.0);
    let alone = fit(&design, &[0], &BARE, None).expect("fitted");
    assert!((bound.coefficients[0] - alone.coefficients[0]).abs() < 1e-7);
}

#[test]
fn a_large_l1_leaves_nothing_and_a_small_one_little() {
    let rows = rows();
    let design = rows.design();
    let with = |l1| fit(&design, &[0, 1], &Penalty { l1, ..BARE }, None).expect("fitted");
    assert_eq!(with(1e3).coefficients, [0.0, 0.0]);
    let free = fit(&design, &[0, 1], &BARE, None).expect("fitted");
    let small = with(1e-7);
    for (a, b) in small.coefficients.iter().zip(&free.coefficients) {
        assert!((a - b).abs() < 1e-4, "{a} {b}");
    }
    let size = |model: &Model| model.coefficients.iter().map(|b| b.abs()).sum::<f64>();
    assert!(size(&with(0.5)) < size(&small));
}

#[test]
fn separation_and_columns_twice_are_named() {
    let mut rows = rows();
    rows.good = rows
        .a
        .iter()
        .map(|&a| if a > 8 { 1.0 } else { 0.0 })
        .collect();
    let error = fit(&rows.design(), &[0, 1], &BARE, None).expect_err("refused");
    assert!(matches!(error, FitError::Separation { .. }), "{error}");
    let penalised = fit(&rows.design(), &[0, 1], &Penalty { l2: 1.0, ..BARE }, None);
    assert!(penalised.is_ok());
    let mut twice = self::rows();
    twice.b = twice.a.clone();
    let error = fit(&twice.design(), &[0, 1], &BARE, None).expect_err("refused");
    assert!(
        matches!(&error, FitError::Collinear { column } if column == "b"),
        "{error}"
    );
}

#[test]
fn weights_are_rows() {
    let rows = rows();
    let mut repeated = Rows {
        a: vec![],
        b: vec![],
        good: vec![],
        weights: vec![],
    };
    for row in 0..rows.a.len() {
        for _ in 0..rows.weights[row] as usize {
            repeated.a.push(rows.a[row]);
            repeated.b.push(rows.b[row]);
            repeated.good.push(rows.good[row]);
            repeated.weights.push(1.0);
        }
    }
    let one = fit(&rows.design(), &[0, 1], &BARE, None).expect("fitted");
    let other = fit(&repeated.design(), &[0, 1], &BARE, None).expect("fitted");
    for (a, b) in one.coefficients.iter().zip(&other.coefficients) {
        assert!((a - b).abs() < 1e-8);
    }
}
