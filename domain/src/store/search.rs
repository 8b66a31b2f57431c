//! Searches in text that find the same rows on both databases.

use sea_orm::ColumnTrait;
use sea_orm::sea_query::{Expr, ExprTrait, Func, LikeExpr, SimpleExpr};

use crate::kernel::mutant::{self, Mutant};

/// Whether a column holds a text, whatever the case of its Latin letters: `LIKE` alone ignores case on
/// SQLite and not on PostgreSQL. Wildcards in the text are taken literally.
pub(crate) fn containing(column: impl ColumnTrait, text: &str) -> SimpleExpr {
    let literal = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    let literal = if mutant::active(Mutant::WildText) { text.to_owned() } else { literal };
    let escaped = literal.to_ascii_lowercase();
    let pattern = LikeExpr::new(format!("%{escaped}%")).escape('\\');
    Expr::expr(Func::lower(Expr::col(column.as_column_ref()))).like(pattern)
}
