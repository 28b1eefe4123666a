//! Escaped texts and tables.

use std::fmt::Write;

/// A text that cannot become markup, in content or in a quoted attribute.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            // Would turn the direction of what stands beside it.
            '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {}
            c if c.is_control() => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}

/// A table; columns from the second on are numbers, unless named as text.
pub(super) fn table(header: &[&str], text_columns: &[usize], rows: &[Vec<String>]) -> String {
    let class = |column: usize| {
        if column == 0 || text_columns.contains(&column) {
            ""
        } else {
            " class=\"n\""
        }
    };
    let mut html = String::from("<div class=\"wide\"><table><thead><tr>");
    for (column, name) in header.iter().enumerate() {
        write(
            &mut html,
            format_args!("<th{}>{}</th>", class(column), escape(name)),
        );
    }
    html.push_str("</tr></thead><tbody>");
    for row in rows {
        html.push_str("<tr>");
        for (column, cell) in row.iter().enumerate() {
            write(
                &mut html,
                format_args!("<td{}>{}</td>", class(column), escape(cell)),
            );
        }
        html.push_str("</tr>");
    }
    html.push_str("</tbody></table></div>\n");
    html
}

pub(super) fn write(html: &mut String, text: std::fmt::Arguments<'_>) {
    html.write_fmt(text)
        .expect("writing to a string does not fail");
}

pub(super) fn percent(share: f64) -> String {
    format!("{:.1} %", 100.0 * share)
}

pub(super) fn percents((low, high): (f64, f64)) -> String {
    format!("{:.1} to {:.1} %", 100.0 * low, 100.0 * high)
}

pub(super) fn dash() -> String {
    "–".into()
}
