#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <variant>
#include <vector>

#include "mappings/document/load.h"
#include "mappings/document/schema.h"

// What the loader says about documents, for comparing it with validators of others.
//   document_verdicts CRM MARKETING --schema   prints the JSON Schema of that pair
//   document_verdicts CRM MARKETING            reads file names, a line each; prints for each
//                                              its name, a tab, and the codes of its findings
int main(int count, char** words) {
    if (count < 3) return 2;
    const duet::SideNames names{words[1], words[2]};
    if (count > 3) {
        std::cout << duet::document::schema(names);
        return 0;
    }
    for (std::string name; std::getline(std::cin, name);) {
        std::ifstream file(name, std::ios::binary);
        if (!file) return 1;
        const std::vector<duet::document::Source> sources{
            {name, std::string(std::istreambuf_iterator<char>(file), {})}};
        const auto loaded = duet::document::load(sources, names, nullptr);
        std::cout << name << '\t';
        if (const auto* wrong = std::get_if<std::vector<duet::document::Finding>>(&loaded)) {
            for (const auto& finding : *wrong) std::cout << finding.code << ' ';
        }
        std::cout << '\n';
    }
    return 0;
}
