#include "mappings/attribution/weights.h"

#include <cmath>
#include <map>
#include <numeric>
#include <string>
#include <variant>
#include <vector>

namespace duet::attribution {
namespace {

const std::vector<double> kAges{217, 176, 132, 106, 89, 46};
const std::vector<double> kImportance{1, 3, 5, 1, 8, 3};

/// The worked deal: lead moment at the second touch, created after the fifth.
Course weighed_deal() {
    return {.touches = 6,
            .ages = kAges,
            .milestones = {.first = 0, .lead = 1, .opportunity = 4, .close = 5},
            .importance = kImportance};
}

std::vector<double> weigh(const std::string& model, const Course& course) {
    auto parsed = parse_model(model, ModelSettings{});
    EXPECT_TRUE(std::holds_alternative<Model>(parsed)) << model;
    auto weights = weights_of(std::get<Model>(parsed).kind, course);
    EXPECT_TRUE(weights) << model;
    return weights.value_or(std::vector<double>{});
}

TEST(Weights, OfTheWorkedDeal) {
    const std::vector<std::pair<std::string, std::vector<double>>> kPublished{
        {"first", {100, 0, 0, 0, 0, 0}},
        {"last", {0, 0, 0, 0, 0, 100}},
        {"linear", {16.6667, 16.6667, 16.6667, 16.6667, 16.6667, 16.6667}},
        {"decay:7", {0.0000, 0.0003, 0.0197, 0.2585, 1.3916, 98.3300}},
        {"decay30", {1.0534, 2.7163, 7.5075, 13.6895, 20.2754, 54.7579}},
        {"u", {40, 5, 5, 5, 5, 40}},
        {"u:0.3,0.5", {30, 5, 5, 5, 5, 50}},
        {"u50", {50, 50, 0, 0, 0, 0}},
        {"w", {30, 30, 5, 5, 30, 0}},
        {"full", {22.5, 22.5, 5, 5, 22.5, 22.5}},
        {"custom", {4.7619, 14.2857, 23.8095, 4.7619, 38.0952, 14.2857}}};
    for (const auto& [model, percents] : kPublished) {
        const auto weights = weigh(model, weighed_deal());
        ASSERT_EQ(weights.size(), percents.size()) << model;
        for (std::size_t i = 0; i < weights.size(); ++i)
            EXPECT_NEAR(100 * weights[i], percents[i], 0.00005001) << model << " touch " << i;
    }
}

TEST(Weights, OfThePublishedDecayExample) {
    const std::vector<double> ages{38, 33, 26, 8, 0};
    const std::vector<double> money{175.20, 287.44, 574.88, 3'417.04, 7'545.45};
    const auto weights = weigh("decay:7", {.touches = 5, .ages = ages});
    for (std::size_t i = 0; i < money.size(); ++i)
        EXPECT_NEAR(12'000 * weights[i], money[i], 0.005) << i;
}

TEST(Weights, VeryOldTouchesDoNotComeToNothing) {
    const std::vector<double> ages{3'660, 3'650};
    const auto weights = weigh("decay:1", {.touches = 2, .ages = ages});
    EXPECT_NEAR(weights[0], 1.0 / 1'025, 1e-12);
    EXPECT_NEAR(weights[1], 1'024.0 / 1'025, 1e-12);
}

TEST(Weights, PositionBasedJourneysOfOneAndTwoTouches) {
    EXPECT_EQ(weigh("u", {.touches = 1}), std::vector<double>{1});
    EXPECT_EQ(weigh("u", {.touches = 2}), (std::vector<double>{0.5, 0.5}));
    const auto pair = weigh("u:0.3,0.5", {.touches = 2});
    EXPECT_DOUBLE_EQ(pair[0], 0.375);
    EXPECT_DOUBLE_EQ(pair[1], 0.625);
}

TEST(Weights, MilestonesOnOneTouchAddAndAreDividedByTheirSum) {
    // FT = LC, OC apart, nothing between.
    const auto w =
        weigh("w", {.touches = 2, .milestones = {.lead = 0, .opportunity = 1, .close = 1}});
    EXPECT_DOUBLE_EQ(w[0], 2.0 / 3);
    EXPECT_DOUBLE_EQ(w[1], 1.0 / 3);
    EXPECT_EQ(weigh("u50", {.touches = 3, .milestones = {.close = 2}}),
              (std::vector<double>{1, 0, 0}));
    // The touch after the opportunity's creation has no part in w, and one in full.
    const Course late{.touches = 3, .milestones = {.lead = 0, .opportunity = 0, .close = 2}};
    EXPECT_EQ(weigh("w", late), (std::vector<double>{1, 0, 0}));
    EXPECT_NEAR(weigh("full", late)[1], 0.1, 1e-12);
}

TEST(Weights, EveryRuleSharesOutTheWhole) {
    for (const char* model :
         {"first", "last", "linear", "decay:0.5", "u", "u:0,1", "u50", "w", "full", "custom"}) {
        for (std::size_t n = 1; n <= 7; ++n) {
            std::vector<double> ages(n);
            std::vector<double> importance(n);
            for (std::size_t i = 0; i < n; ++i) {
                ages[i] = static_cast<double>((n - i) * 3);
                importance[i] = static_cast<double>(i % 3);
            }
            for (std::size_t lead = 0; lead < n; ++lead) {
                for (std::size_t created = 0; created < n; ++created) {
                    const auto weights =
                        weigh(model, {n, ages, {0, lead, created, n - 1}, importance});
                    ASSERT_EQ(weights.size(), n);
                    EXPECT_NEAR(std::accumulate(weights.begin(), weights.end(), 0.0), 1, 1e-12)
                        << model << " n " << n;
                    for (const double weight : weights) EXPECT_GE(weight, 0) << model;
                    const auto parts = hundredths_of(weights);
                    EXPECT_EQ(std::accumulate(parts.begin(), parts.end(), 0), 10'000) << model;
                }
            }
        }
    }
}

TEST(Rounding, GivesWhatIsMissingToTheLargestRemainders) {
    EXPECT_EQ(hundredths_of(weigh("linear", weighed_deal())),
              (std::vector<int>{1'667, 1'667, 1'667, 1'667, 1'666, 1'666}));
    EXPECT_EQ(hundredths_of(weigh("decay7", weighed_deal())),
              (std::vector<int>{0, 0, 2, 26, 139, 9'833}));
    EXPECT_EQ(hundredths_of(weigh("decay30", weighed_deal())),
              (std::vector<int>{105, 272, 751, 1'369, 2'027, 5'476}));
    EXPECT_EQ(hundredths_of(weigh("custom", weighed_deal())),
              (std::vector<int>{476, 1'429, 2'381, 476, 3'809, 1'429}));
    EXPECT_EQ(hundredths_of(std::vector<double>(3, 1.0)), (std::vector<int>{3'334, 3'333, 3'333}));
    EXPECT_EQ(hundredths_of(std::vector<double>(7, 0.29)),
              (std::vector<int>{1'429, 1'429, 1'429, 1'429, 1'428, 1'428, 1'428}));
}

TEST(Models, NamesAreReadOneWayOnly) {
    const ModelSettings settings;
    const auto name = [&](const char* text) {
        auto parsed = parse_model(text, settings);
        const auto* model = std::get_if<Model>(&parsed);
        return model != nullptr ? model->name : "refused: " + std::get<std::string>(parsed);
    };
    EXPECT_EQ(name("decay:7"), "decay7");
    EXPECT_EQ(name("decay7"), "decay7");
    EXPECT_EQ(name("decay:1.5"), "decay1.5");
    EXPECT_EQ(name("decay"), "decay7");
    EXPECT_EQ(name("markov"), "markov:1");
    EXPECT_EQ(name("markov:4"), "markov:4");
    EXPECT_EQ(name("counterfactual"), "counterfactual:exposure");
    EXPECT_EQ(name("u:0.3,0.5"), "u:0.3,0.5");
    for (const char* wrong :
         {"", "decay:0", "decay:-1", "decay:nan", "decay:x", "u:0.7,0.5", "u:,", "u:0,0", "u:0.3",
          "markov:0", "markov:5", "markov:1.5", "counterfactual:", "lineer", "First"}) {
        EXPECT_TRUE(name(wrong).starts_with("refused: ")) << wrong;
    }
}

TEST(Models, PeoplesSpellingsAreBroughtToTheOneThatIsRead) {
    for (const auto& [written, spelled] :
         std::map<std::string, std::string>{{"first_touch", "first"},
                                            {"Last-Touch", "last"},
                                            {"LINEAR", "linear"},
                                            {"u_shaped_40_20_40", "u:0.4,0.4"},
                                            {"U_Shaped", "u"},
                                            {"u_0.3,0.5", "u:0.3,0.5"},
                                            {"step_decay_halflife_7", "decay:7"},
                                            {"Decay-1.5", "decay:1.5"},
                                            {"decay30", "decay30"},
                                            {"u50", "u50"},
                                            {"shapley_set", "shapley"},
                                            {"shapley:ordered", "shapley-ordered"},
                                            {"Shapley_Rate", "shapley-rate"},
                                            {"Markov:2", "markov:2"},
                                            {"markov-3", "markov:3"},
                                            {"markov_order1", "markov:1"},
                                            {"counterfactual_exposure", "counterfactual:exposure"},
                                            {"Counterfactual-First", "counterfactual:first"},
                                            {"primary", "primary"}}) {
        EXPECT_EQ(spelled_model(written), spelled);
        EXPECT_TRUE(std::holds_alternative<Model>(parse_model(spelled, ModelSettings{})))
            << spelled;
    }
    for (const char* wrong : {"", "decay:-1", "decay--1", "decay_", "markov_order1_removal_effect",
                              "markov:5", "counterfactual:", "shapley-sets", "first:touched"}) {
        EXPECT_TRUE(
            std::holds_alternative<std::string>(parse_model(spelled_model(wrong), ModelSettings{})))
            << wrong;
    }
}

TEST(Models, TheSettingsSayWhatANameStandsFor) {
    ModelSettings settings;
    settings.half_lives = {14};
    settings.u = {0.5, 0.25};
    EXPECT_EQ(std::get<Model>(parse_model("decay", settings)).name, "decay14");
    const auto u = std::get<Model>(parse_model("u", settings));
    EXPECT_EQ(weights_of(u.kind, {.touches = 3}), (std::vector<double>{0.5, 0.25, 0.25}));
    std::vector<std::string> names;
    for (const Model& model : models_for_deals(settings)) names.push_back(model.name);
    EXPECT_EQ(names, (std::vector<std::string>{"first", "last", "linear", "decay14", "u", "u50",
                                               "w", "full", "primary"}));
}

}  // namespace
}  // namespace duet::attribution
