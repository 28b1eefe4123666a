//! `scorecard lint`: how much a scorecard tells, and what to look at.

use blindscore_scorecard::lint::{GradeItem, LintReport, Severity};
use clap::Args;

use super::scorecard::Given;
use crate::error::{Failure, Outcome};
use crate::output::{fields, heading, print, print_json, table};

#[derive(Debug, Args)]
pub(crate) struct Lint {
    #[command(flatten)]
    given: Given,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
    /// Fail with exit code 1 on any finding but a note
    #[arg(long)]
    deny: bool,
}

impl Lint {
    pub(crate) fn run(&self) -> Outcome {
        let (scheme, scorecard) = self.given.read()?;
        let report = scorecard.lint(&scheme).map_err(Failure::refused)?;
        if self.json {
            print_json(&report)?;
        } else {
            print(&shown(&report))?;
        }
        let grave = report.findings.iter();
        let grave = grave.filter(|f| f.severity >= Severity::Warning).count();
        if !self.deny || grave == 0 {
            return Ok(());
        }
        Err(Failure::refused(format!(
            "{grave} of {} findings are warnings or worse",
            report.findings.len()
        ))
        .hint("mend the card, or leave --deny out to see the findings only"))
    }
}

fn shown(report: &LintReport) -> String {
    let grade = format!(
        "{}, {} of 100 points for what the card tells",
        report.grade, report.points
    );
    let mut text = fields(&[
        ("scorecard", report.scorecard.clone()),
        ("digest", report.digest.to_string()),
        ("transparency", grade),
    ]);
    let items = report.items.iter().map(|GradeItem { item, worth, met }| {
        let got = if *met { *worth } else { 0 };
        [(*item).to_owned(), got.to_string(), worth.to_string()]
    });
    text += &table(["told", "points", "of"], items, &[1, 2]);
    text += &heading("Lines used");
    for used in &report.lines {
        text += &format!("  {used}\n");
    }
    text += &heading("Findings, the gravest first");
    if report.findings.is_empty() {
        return text + "none\n";
    }
    let rows = report.findings.iter().map(|finding| {
        let figure = finding.figure.map(|figure| figure.to_string());
        [
            finding.severity.name().to_owned(),
            finding.code.to_owned(),
            finding.subject.clone(),
            finding.message.clone(),
            figure.unwrap_or_default(),
        ]
    });
    text + &table(
        ["", "rule", "about", "what was found", "figure"],
        rows,
        &[4],
    )
}
