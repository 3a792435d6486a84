#include "daemon/report/markup.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace duet::report {
namespace {

TEST(Markup, EscapesTextsAndAttributes) {
    Markup page;
    page.open("p", {{"title", "\"a\" & 'b'"}}).text("<i>&amp;</i>\x01").close();
    EXPECT_EQ(page.take(),
              "<p title=\"&quot;a&quot; &amp; &#39;b&#39;\">&lt;i&gt;&amp;amp;&lt;/i&gt;</p>");
}

TEST(Markup, ClosesWhatIsOpen) {
    Markup page;
    page.open("ul").open("li").text("x");
    EXPECT_EQ(page.take(), "<ul><li>x</li></ul>");
    EXPECT_EQ(page.take(), "");
    page.close();
    EXPECT_EQ(page.take(), "") << "nothing to close";
}

TEST(Markup, JsonForAPageHoldsNoEndOfItsBlockAndParsesToTheSame) {
    const nlohmann::json value{{"</script><!-- & -->", "<b>\xE2\x80\xA8"}};
    const std::string safe = script_safe(value.dump());
    EXPECT_EQ(safe.find('<'), std::string::npos);
    EXPECT_EQ(safe.find('>'), std::string::npos);
    EXPECT_EQ(nlohmann::json::parse(safe), value);
}

TEST(Markup, LengthsAreShort) {
    EXPECT_EQ(length(12), "12");
    EXPECT_EQ(length(12.5), "12.5");
    EXPECT_EQ(length(-0.001), "0");
    EXPECT_EQ(length(1.0 / 3), "0.33");
}

}  // namespace
}  // namespace duet::report
