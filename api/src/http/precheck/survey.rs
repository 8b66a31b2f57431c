//! One walk over the document as it is written, fragments not expanded: directives, and where fields
//! stand. It recurses into selection sets only, whose nesting the lexer has bounded.

use async_graphql::Pos;
use async_graphql::parser::types::{ExecutableDocument, Selection, SelectionSet};

/// What stands in a document.
#[derive(Debug, Default)]
pub(super) struct Survey {
    /// All directives, on whatever.
    pub(super) directives: usize,
    /// Directives on the node that has most.
    pub(super) most_directives: usize,
    /// The position of each field.
    pub(super) field_positions: Vec<Pos>,
}

impl Survey {
    pub(super) fn of(document: &ExecutableDocument) -> Self {
        let mut survey = Self::default();
        for (_, operation) in document.operations.iter() {
            survey.node(operation.node.directives.len());
            for variable in &operation.node.variable_definitions {
                survey.node(variable.node.directives.len());
            }
            survey.selections(&operation.node.selection_set.node);
        }
        for fragment in document.fragments.values() {
            survey.node(fragment.node.directives.len());
            survey.selections(&fragment.node.selection_set.node);
        }
        survey
    }

    fn node(&mut self, directives: usize) {
        self.directives += directives;
        self.most_directives = self.most_directives.max(directives);
    }

    fn selections(&mut self, set: &SelectionSet) {
        for selection in &set.items {
            self.node(selection.node.directives().len());
            match &selection.node {
                Selection::Field(field) => {
                    self.field_positions.push(field.pos);
                    self.selections(&field.node.selection_set.node);
                }
                Selection::FragmentSpread(_) => {}
                Selection::InlineFragment(inline) => {
                    self.selections(&inline.node.selection_set.node);
                }
            }
        }
    }
}
