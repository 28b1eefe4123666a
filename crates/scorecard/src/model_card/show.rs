//! The model card as text for people.

use std::fmt;

use super::{Figure, ModelCard, TrainingData};

impl fmt::Display for ModelCard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "model card of {}", self.date)?;
        writeln!(f, "  contact: {}", self.contact)?;
        writeln!(f, "  intended use: {}", self.intended_use)?;
        write!(f, "{}", self.training_data)?;
        figures(f, "validation", &self.validation)?;
        figures(f, "fairness", &self.fairness)?;
        list(f, "does not use", &self.does_not_use)?;
        list(f, "limitations", &self.limitations)
    }
}

impl fmt::Display for TrainingData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "  training data: {}", self.description)?;
        let texts = [
            ("population", &self.population),
            ("period", &self.period),
            ("bad means", &self.outcome),
        ];
        for (name, text) in texts {
            if let Some(text) = text {
                writeln!(f, "    {name}: {text}")?;
            }
        }
        for (name, count) in [("rows", self.rows), ("of them bad", self.bads)] {
            if let Some(count) = count {
                writeln!(f, "    {name}: {count}")?;
            }
        }
        Ok(())
    }
}

fn figures(f: &mut fmt::Formatter<'_>, name: &str, figures: &[Figure]) -> fmt::Result {
    if figures.is_empty() {
        return writeln!(f, "  {name}: no figures");
    }
    let texts: Vec<String> = figures.iter().map(ToString::to_string).collect();
    list(f, name, &texts)
}

fn list(f: &mut fmt::Formatter<'_>, name: &str, texts: &[String]) -> fmt::Result {
    writeln!(f, "  {name}:")?;
    texts
        .iter()
        .try_for_each(|text| writeln!(f, "    - {text}"))
}
