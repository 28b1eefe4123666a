//! A plan, told to a person.

use std::fmt::{self, Write};

use blindscore_history::money::grouped;

use crate::plan::Plan;

impl Plan {
    /// What the plan does, what it costs and how sure it is, as text.
    pub fn describe(&self) -> String {
        let mut text = String::new();
        // Writing to a String cannot fail.
        let _ = self.write_description(&mut text);
        text
    }

    fn write_description(&self, text: &mut impl Write) -> fmt::Result {
        let budget = &self.budget;
        writeln!(text, "plan {} ({})", self.digest.short(), self.form())?;
        writeln!(
            text,
            "  scorecard    {} ({})",
            self.scorecard_name,
            self.scorecard.short()
        )?;
        writeln!(text, "  scheme       {}", self.scheme.short())?;
        for (participant, bytes) in self.lineup.participants().iter().zip(&budget.upload_bytes) {
            let roles: Vec<_> = participant.roles.iter().map(ToString::to_string).collect();
            let roles = if roles.is_empty() {
                String::new()
            } else {
                format!(" as {}", roles.join(", "))
            };
            writeln!(
                text,
                "  source       {}{roles}: uploads {} bytes",
                participant.source,
                grouped(&bytes.to_string())
            )?;
        }
        match self.outputs {
            1 => writeln!(text, "  outputs      the score")?,
            n => writeln!(text, "  outputs      the score and {} canaries", n - 1)?,
        }
        writeln!(text, "  work         {}", self.work())?;
        writeln!(
            text,
            "  result       {} bytes",
            grouped(&budget.result_bytes.to_string())
        )?;
        writeln!(
            text,
            "  noise        2^{:.1} of the torus",
            budget.noise.log2_of_torus()
        )?;
        writeln!(
            text,
            "  wrong score  {}",
            probability(budget.wrong_score_log2)
        )?;
        if let Some(log2) = budget.canary_refusal_log2 {
            writeln!(
                text,
                "  refusal      {} (an honest key, by a canary)",
                probability(log2)
            )?;
        }
        if let Some(log2) = budget.hostile_key_log2 {
            writeln!(
                text,
                "  hostile key  {} (a wrong score past the canaries)",
                probability(log2)
            )?;
        }
        if let Some(maximum) = budget.spectral_maximum {
            writeln!(
                text,
                "  spectrum     {maximum:.0} of 65535 (packed tables, any key)"
            )?;
        }
        for characteristic in &self.characteristics {
            let levels = characteristic.table.len();
            let turns = match characteristic.cells.len() {
                0 => String::new(),
                1 => ", 1 cell".to_owned(),
                n => format!(", {n} cells"),
            };
            writeln!(
                text,
                "  - {}: table of {levels} levels{turns}",
                characteristic.name
            )?;
        }
        Ok(())
    }

    fn work(&self) -> String {
        match self.budget.products {
            0 if self.outputs == 1 => "one product of polynomials".to_owned(),
            n => {
                let tables = self.characteristics.len();
                let apart: usize = self.characteristics.iter().map(|c| c.cells.len()).sum();
                let shared = match apart - n {
                    0 => String::new(),
                    saved => format!(", {saved} shared"),
                };
                format!("{n} external products over {tables} tables{shared}")
            }
        }
    }
}

fn probability(log2: f64) -> String {
    if log2 < -9999.0 {
        "below 2^-9999".to_owned()
    } else {
        format!("2^{log2:.1}")
    }
}
