//! From TOML to rules whose every value can be.

use std::collections::{BTreeMap, BTreeSet};

use regex::{RegexBuilder, RegexSetBuilder};
use serde::Deserialize;

use super::error::{RulesError, RulesFault};
use super::{Rule, Rules};
use crate::ledger::Direction;
use crate::taxonomy::{Category, Flow};

/// Most rules, those included counted too.
const RULES_MAX: usize = 500;
/// Longest pattern in characters.
const PATTERN_MAX: usize = 2_000;
/// Largest automaton of one pattern in bytes: Unicode's words and case rules
/// make those of the shipped patterns some hundred kilobytes.
const ONE_MAX: usize = 2 << 20;
/// Largest automaton of all patterns in bytes.
const ALL_MAX: usize = 64 << 20;
/// Memory for the states that a search builds as it goes.
const CACHE_MAX: usize = 16 << 20;
/// Deepest nesting of a pattern.
const NEST_MAX: u32 = 40;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    version: u32,
    #[serde(default)]
    include_builtin: bool,
    #[serde(default)]
    rules: Vec<RawRule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRule {
    name: String,
    direction: Option<Direction>,
    flow: Flow,
    #[serde(default)]
    category: Category,
    patterns: BTreeMap<String, String>,
}

pub(super) fn parse(text: &str) -> Result<Rules, RulesError> {
    let mut rules = parsed(text)?;
    if rules.include_builtin {
        let builtin = parsed(Rules::BUILTIN)?;
        let own: BTreeSet<_> = rules.rules.iter().map(|rule| rule.name.clone()).collect();
        // A rule of one's own replaces the shipped one of the same name.
        let others = builtin.rules.into_iter();
        rules
            .rules
            .extend(others.filter(|rule| !own.contains(&rule.name)));
    }
    let got = rules.rules.len();
    if got > RULES_MAX {
        let max = RULES_MAX;
        return Err(RulesError::new(RulesFault::TooMany { got, max }));
    }
    built(rules.rules)
}

fn parsed(text: &str) -> Result<Raw, RulesError> {
    if text.len() > Rules::BYTES_MAX {
        return Err(RulesError::new(RulesFault::TooLarge));
    }
    let raw: Raw =
        toml::from_str(text).map_err(|error| RulesError::new(RulesFault::Toml(Box::new(error))))?;
    match raw.version {
        1 => Ok(raw),
        got => Err(RulesError::new(RulesFault::Version { got })),
    }
}

fn built(raw: Vec<RawRule>) -> Result<Rules, RulesError> {
    let mut names = BTreeSet::new();
    let mut patterns = Vec::new();
    let mut rule_of = Vec::new();
    let mut rules = Vec::with_capacity(raw.len());
    for (index, raw) in raw.into_iter().enumerate() {
        let shown = if is_name(&raw.name) {
            format!("{:?}", raw.name)
        } else {
            format!("number {}", index + 1)
        };
        let fault = |fault| RulesError::new(fault).in_rule(&shown);
        check(&raw).map_err(fault)?;
        if !names.insert(raw.name.clone()) {
            return Err(fault(RulesFault::Twice));
        }
        for (label, pattern) in raw.patterns {
            check_pattern(&pattern).map_err(|error| fault(error).in_pattern(&label))?;
            patterns.push(pattern);
            rule_of.push(index);
        }
        rules.push(Rule {
            name: raw.name,
            direction: raw.direction,
            flow: raw.flow,
            category: raw.category,
        });
    }
    let patterns = RegexSetBuilder::new(patterns)
        .case_insensitive(true)
        .nest_limit(NEST_MAX)
        .size_limit(ALL_MAX)
        .dfa_size_limit(CACHE_MAX)
        .build()
        .map_err(|_| RulesError::new(RulesFault::Together))?;
    Ok(Rules {
        rules,
        patterns,
        rule_of,
    })
}

fn check(raw: &RawRule) -> Result<(), RulesFault> {
    if !is_name(&raw.name) {
        return Err(RulesFault::Name);
    }
    if raw.category != Category::Unclassified && !raw.flow.carries_category() {
        return Err(RulesFault::NoCategory);
    }
    if raw.patterns.is_empty() {
        return Err(RulesFault::NoPattern);
    }
    Ok(())
}

fn is_name(name: &str) -> bool {
    let fits = |char: char| char.is_alphanumeric() || matches!(char, '-' | '_' | '.');
    (1..=60).contains(&name.chars().count()) && name.chars().all(fits)
}

fn check_pattern(pattern: &str) -> Result<(), RulesFault> {
    let got = pattern.chars().count();
    if got > PATTERN_MAX {
        let max = PATTERN_MAX;
        return Err(RulesFault::LongPattern { got, max });
    }
    let alone = RegexBuilder::new(pattern)
        .case_insensitive(true)
        .nest_limit(NEST_MAX)
        .size_limit(ONE_MAX)
        .dfa_size_limit(CACHE_MAX)
        .build()
        .map_err(|error| RulesFault::Pattern(error.to_string()))?;
    if alone.is_match("") {
        return Err(RulesFault::FitsAll);
    }
    Ok(())
}
