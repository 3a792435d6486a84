#include "mappings/attribution/lesson.h"

#include <gtest/gtest.h>

#include "mappings/attribution/weigher.h"

namespace duet::attribution {
namespace {

constexpr Transform kTransforms[] = {Transform::Identity, Transform::Exposure, Transform::First,
                                     Transform::Frequency};

struct Row {
    std::vector<const char*> path;
    Outcome outcome;
};

Journeys journeys(const std::vector<Row>& rows) {
    Journeys all;
    for (const Row& row : rows) {
        std::vector<std::uint32_t> steps;
        for (const char* name : row.path) steps.push_back(all.channel(name));
        all.add(steps, row.outcome);
    }
    return all;
}

Deal deal(const std::vector<const char*>& path) {
    Deal made;
    for (const char* campaign : path) {
        Touch touch;
        touch.campaign = campaign;
        made.touches.push_back(touch);
    }
    return made;
}

Journeys some() {
    return journeys({{{"a", "b", "c"}, {1, 0, 0}},
                     {{"a", "b", "c"}, {1, 0, 2}},
                     {{"a", "a", "b"}, {3, 0, 1}},
                     {{"a", "b"}, {1, 0, 3}},
                     {{"b", "c"}, {0, 0, 1}},
                     {{"a"}, {1, 0, 9}},
                     {{}, {5, 0, 5}}});
}

TEST(Lesson, WeighsDealsAsTheJourneysDo) {
    std::vector<ModelKind> models{Markov{1}, Markov{2}};
    for (const Transform transform : kTransforms) models.push_back(Counterfactual{transform});
    for (const ModelKind& model : models) {
        const Weigher by_journeys = weigher_of(model, some());
        const Weigher by_lesson = weigher_by(model, lesson_of(model, some()));
        for (const auto& path : std::vector<std::vector<const char*>>{
                 {"a", "b", "c"}, {"a", "a", "b"}, {"c", "b"}, {"a"}, {"a", "unknown"}}) {
            const auto expected = by_journeys(deal(path));
            const auto weights = by_lesson(deal(path));
            ASSERT_EQ(weights.size(), expected.size());
            for (std::size_t i = 0; i < weights.size(); ++i)
                EXPECT_NEAR(weights[i], expected[i], 1e-12) << "model " << model.index();
        }
    }
}

TEST(Lesson, OfPathsIsWhatEachPathLosesWithoutTheTouch) {
    const ModelKind model = Counterfactual{Transform::Identity};
    // a>b>c 2 of 4; without a: b>c 0 of 1; without b: a>c unseen; without c: a>b 1 of 4.
    const auto weights = weigher_by(model, lesson_of(model, some()))(deal({"a", "b", "c"}));
    ASSERT_EQ(weights.size(), 3U);
    EXPECT_NEAR(weights[0], 0.4, 1e-12);
    EXPECT_NEAR(weights[1], 0.4, 1e-12);
    EXPECT_NEAR(weights[2], 0.2, 1e-12);
}

TEST(Lesson, OfPathsHasOneRowAPath) {
    const auto lesson = lesson_of(Counterfactual{Transform::Exposure}, some());
    const auto& paths = std::get<Journeys>(lesson);
    ASSERT_EQ(paths.size(), 5U) << "a journey without a touch teaches nothing";
    EXPECT_DOUBLE_EQ(paths.outcome(0).conversions, 2);
    EXPECT_DOUBLE_EQ(paths.outcome(0).nulls, 2);
}

TEST(Lesson, IsTheSameInAnyOrderAndAnotherWhenAPathCameOutOtherwise) {
    const ModelKind paths = Counterfactual{Transform::Exposure};
    const std::vector<Row> rows{{{"a", "b"}, {1, 0, 0}}, {{"b"}, {0, 0, 1}}};
    const auto lesson = lesson_of(paths, journeys(rows));
    EXPECT_TRUE(are_same(lesson, lesson_of(paths, journeys({rows[1], rows[0]}))));
    EXPECT_FALSE(are_same(lesson, lesson_of(paths, journeys({rows[0], {{"b"}, {1, 0, 0}}}))));
    EXPECT_FALSE(are_same(lesson, lesson_of(paths, journeys({rows[0]}))));
    EXPECT_FALSE(are_same(lesson, lesson_of(Markov{1}, journeys(rows))));
    EXPECT_TRUE(are_same(lesson_of(Markov{1}, journeys(rows)),
                         lesson_of(Markov{1}, journeys({rows[1], rows[0]}))));
}

}  // namespace
}  // namespace duet::attribution
