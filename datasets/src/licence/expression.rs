//! Licences joined by `AND` and `OR` (SPDX specification 2.3, annex D).

use std::cmp::{max, min};

/// How much leave a licence gives; the greater, the more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Leave {
    Forbidden,
    Unknown,
    Free,
}

/// Judges an expression by its single names: all of `AND`, the best of `OR`, and what stands before `WITH`. A text
/// without such a word in capitals is one name.
///
/// # Errors
/// What is wrong with the expression.
pub(super) fn judge(text: &str, of_name: &dyn Fn(&str) -> Leave) -> Result<Leave, String> {
    let spaced = text.replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    if !words.iter().any(|word| matches!(*word, "AND" | "OR" | "WITH")) {
        return Ok(of_name(text));
    }
    let mut parser = Parser { words: &words, of_name, depth: 0 };
    let leave = parser.any_of()?;
    match parser.words.first() {
        None => Ok(leave),
        Some(&")") => Err("a closing parenthesis has no opening one".to_owned()),
        Some(word) => Err(format!("`{word}` stands where AND or OR is expected")),
    }
}

/// Parentheses in parentheses that are followed.
const DEEPEST: usize = 32;

struct Parser<'a> {
    words: &'a [&'a str],
    of_name: &'a dyn Fn(&str) -> Leave,
    depth: usize,
}

impl Parser<'_> {
    fn any_of(&mut self) -> Result<Leave, String> {
        let mut leave = self.all_of()?;
        while self.takes("OR") {
            leave = max(leave, self.all_of()?);
        }
        Ok(leave)
    }

    fn all_of(&mut self) -> Result<Leave, String> {
        let mut leave = self.one()?;
        while self.takes("AND") {
            leave = min(leave, self.one()?);
        }
        Ok(leave)
    }

    fn one(&mut self) -> Result<Leave, String> {
        if self.takes("(") {
            self.depth += 1;
            if self.depth > DEEPEST {
                return Err(format!("more than {DEEPEST} parentheses in each other"));
            }
            let leave = self.any_of()?;
            self.depth -= 1;
            return if self.takes(")") { Ok(leave) } else { Err("a parenthesis is not closed".to_owned()) };
        }
        let leave = (self.of_name)(self.name()?);
        if self.takes("WITH") {
            self.name()?;
        }
        Ok(leave)
    }

    fn name(&mut self) -> Result<&str, String> {
        match self.words.split_first() {
            Some((word, rest)) if !matches!(*word, "AND" | "OR" | "WITH" | "(" | ")") => {
                self.words = rest;
                Ok(word)
            }
            Some((word, _)) => Err(format!("a licence is missing before `{word}`")),
            None => Err("a licence is missing at the end".to_owned()),
        }
    }

    fn takes(&mut self, expected: &str) -> bool {
        match self.words.split_first() {
            Some((word, rest)) if *word == expected => {
                self.words = rest;
                true
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(text: &str) -> Result<Leave, String> {
        judge(text, &|name| match name {
            "MIT" => Leave::Free,
            "NC" => Leave::Forbidden,
            _ => Leave::Unknown,
        })
    }

    #[test]
    fn and_takes_the_worst_and_or_the_best() {
        for (text, expected) in [
            ("MIT", Leave::Free),
            ("MIT AND NC", Leave::Forbidden),
            ("MIT OR NC", Leave::Free),
            ("MIT AND NC OR MIT", Leave::Free),
            ("MIT AND (NC OR odd)", Leave::Unknown),
            ("NC WITH some-exception", Leave::Forbidden),
            ("all rights reserved", Leave::Unknown),
        ] {
            assert_eq!(judged(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_expression_is_said() {
        for (text, expected) in [
            ("MIT AND", "at the end"),
            ("OR MIT", "before `OR`"),
            ("(MIT OR NC", "not closed"),
            ("MIT OR NC)", "no opening one"),
            ("MIT NC AND MIT", "`NC` stands"),
        ] {
            let problem = judged(text).unwrap_err();
            assert!(problem.contains(expected), "{text}: {problem}");
        }
        let deep = format!("{}MIT AND MIT{}", "(".repeat(100_000), ")".repeat(100_000));
        assert!(judged(&deep).unwrap_err().contains("parentheses in each other"));
    }
}
