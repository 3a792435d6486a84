#include "mappings/domain_text.h"

#include <gtest/gtest.h>

namespace duet {
namespace {

TEST(DomainText, IsFoundInAddressesPagesAndDomains) {
    const std::pair<const char*, const char*> told[] = {
        {"ada@ACME.example", "acme.example"},
        {"  ada@acme.example ", "acme.example"},
        {"\"a@b\"@acme.example", "acme.example"},
        {"https://www.acme.example/en?x=1", "acme.example"},
        {"http://user:secret@shop.acme.example:8080/", "shop.acme.example"},
        {"www.acme.example", "acme.example"},
        {"acme.example.", "acme.example"},
        {"acme", ""},
        {"not a domain.example", ""},
        {"@", ""},
        {"", ""},
        {"https://", ""}};
    for (const auto& [text, domain] : told) EXPECT_EQ(domain_of(text), domain) << text;
}

TEST(DomainText, ARecordRefersToTheDomainInAField) {
    Fields fields;
    fields.set("Email", text("ada@acme.example"));
    fields.set("AccountId", text("001"));
    EXPECT_EQ(referred_by(fields, "Email@"), "acme.example");
    EXPECT_EQ(referred_by(fields, "AccountId"), "001");
    EXPECT_EQ(referred_by(fields, "Website@"), "");
}

}  // namespace
}  // namespace duet
