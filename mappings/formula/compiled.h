#pragma once

#include <optional>
#include <string>
#include <vector>

#include "mappings/formula/checker.h"
#include "mappings/formula/formula.h"
#include "mappings/formula/program.h"
#include "mappings/formula/tree.h"

namespace duet::formula {

/// What a Formula holds; private to this folder.
struct Formula::Compiled {
    std::string text;
    Tree tree;
    Checked checked;
    Program program;
    BlankMode blanks = BlankMode::AsBlank;
    std::optional<FieldType> type;
    std::vector<std::string> fields;
};

}  // namespace duet::formula
