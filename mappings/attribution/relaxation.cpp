#include "mappings/attribution/relaxation.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace duet::attribution {
namespace {

constexpr double kMissing = 1e-12;
constexpr double kRounding = 8 * std::numeric_limits<double>::epsilon();
constexpr int kSweepsAtOnce = 8;   // between two looks at what is missing
constexpr int kPatience = 4;       // looks before sweeps count as slow
constexpr std::size_t kOrder = 3;  // slow modes that one extrapolation takes away
constexpr std::size_t kKept = kOrder + 2;
constexpr int kMostLooks = 1'000'000;
// Five copies of every x are kept; above this they would fill the memory.
constexpr std::size_t kMostStatesKept = 200'000;

class Solver {
public:
    Solver(const Moves& moves, const Questions& questions)
        : moves_(moves), questions_(questions), x_(questions.known) {}

    std::vector<Lanes> solve() {
        for (int look = 1; look <= kMostLooks; ++look) {
            const bool keep = look > kPatience && moves_.states() <= kMostStatesKept;
            kept_.clear();
            for (int sweep = 0; sweep < kSweepsAtOnce; ++sweep) {
                if (keep && kSweepsAtOnce - sweep < static_cast<int>(kKept)) kept_.push_back(x_);
                this->sweep();
            }
            if (keep) kept_.push_back(x_);
            if (is_done()) break;
            if (!keep) continue;
            const auto before = missing_;
            const auto saved = x_;
            extrapolate();
            (void)is_done();
            // Where it led astray the sweeps go on from where they were.
            for (std::size_t lane = 0; lane < kLanes; ++lane) {
                if (missing_[lane] <= before[lane]) continue;
                for (std::size_t state = 0; state < x_.size(); ++state)
                    x_[state][lane] = saved[state][lane];
            }
        }
        return std::move(x_);
    }

private:
    [[nodiscard]] Lanes next(std::size_t state) const {
        Lanes sum{};
        if (!questions_.gain.empty()) sum = questions_.gain[state];
        for (std::size_t i = moves_.begins[state]; i < moves_.begins[state + 1]; ++i) {
            const double share = moves_.shares[i];
            const double* from = x_[moves_.targets[i]].data();
            for (std::size_t lane = 0; lane < kLanes; ++lane) sum[lane] += share * from[lane];
        }
        if (const std::uint32_t fixed = questions_.fixed[state]; fixed != 0) {
            for (std::size_t lane = 0; lane < kLanes; ++lane)
                if ((fixed >> lane & 1U) != 0) sum[lane] = questions_.known[state][lane];
        }
        return sum;
    }

    void sweep() {
        for (std::size_t state = 0; state < x_.size(); ++state) x_[state] = next(state);
    }

    /// Sets what is missing at most from each lane's result; true when that is nothing that counts.
    bool is_done() {
        missing_.fill(0);
        Lanes result{};
        Lanes size{};
        for (std::size_t state = 0; state < x_.size(); ++state) {
            const Lanes wanted = next(state);
            for (std::size_t lane = 0; lane < kLanes; ++lane) {
                missing_[lane] += moves_.visits[state] * std::abs(wanted[lane] - x_[state][lane]);
                result[lane] += moves_.starts[state] * x_[state][lane];
                size[lane] += moves_.visits[state] * std::abs(x_[state][lane]);
            }
        }
        bool done = true;
        for (std::size_t lane = 0; lane < kLanes; ++lane) {
            done = done && missing_[lane] <=
                               std::max(kMissing * std::abs(result[lane]), kRounding * size[lane]);
        }
        return done;
    }

    [[nodiscard]] double step(std::size_t i, std::size_t state, std::size_t lane) const {
        return kept_[i + 1][state][lane] - kept_[i][state][lane];
    }

    /// Replaces x by the combination of the kept iterates whose steps cancel best.
    void extrapolate() {
        // By lane: products of the changes of steps with each other, and with the first step.
        std::array<std::array<Lanes, kOrder>, kOrder> products{};
        std::array<Lanes, kOrder> sides{};
        for (std::size_t state = 0; state < x_.size(); ++state) {
            const double visits = moves_.visits[state];
            for (std::size_t lane = 0; lane < kLanes; ++lane) {
                std::array<double, kOrder + 1> steps{};
                for (std::size_t i = 0; i <= kOrder; ++i) steps[i] = step(i, state, lane);
                for (std::size_t i = 0; i < kOrder; ++i) {
                    const double change = visits * (steps[i + 1] - steps[i]);
                    sides[i][lane] -= change * steps[0];
                    for (std::size_t j = 0; j <= i; ++j)
                        products[i][j][lane] += change * (steps[j + 1] - steps[j]);
                }
            }
        }
        for (std::size_t lane = 0; lane < kLanes; ++lane) {
            const auto parts = solve_small(products, sides, lane);
            for (std::size_t state = 0; state < x_.size(); ++state) {
                double value = kept_[0][state][lane];
                for (std::size_t i = 0; i < kOrder; ++i) value += parts[i] * step(i, state, lane);
                x_[state][lane] = value;
            }
        }
    }

    /// Cholesky; directions that say nothing new have no part.
    static std::array<double, kOrder> solve_small(
        const std::array<std::array<Lanes, kOrder>, kOrder>& products,
        const std::array<Lanes, kOrder>& sides, std::size_t lane) {
        constexpr double kNothingNew = 1e-13;
        std::array<std::array<double, kOrder>, kOrder> lower{};
        std::array<double, kOrder> halfway{};
        for (std::size_t i = 0; i < kOrder; ++i) {
            double square = products[i][i][lane];
            halfway[i] = sides[i][lane];
            for (std::size_t j = 0; j < i; ++j) {
                double product = products[i][j][lane];
                for (std::size_t k = 0; k < j; ++k) product -= lower[i][k] * lower[j][k];
                lower[i][j] = lower[j][j] > 0 ? product / lower[j][j] : 0;
                square -= lower[i][j] * lower[i][j];
                halfway[i] -= lower[i][j] * halfway[j];
            }
            const bool is_new = square > kNothingNew * products[i][i][lane];
            lower[i][i] = is_new ? std::sqrt(square) : 0;
            halfway[i] = is_new ? halfway[i] / lower[i][i] : 0;
        }
        std::array<double, kOrder> parts{};
        for (std::size_t i = kOrder; i-- > 0;) {
            double part = halfway[i];
            for (std::size_t k = i + 1; k < kOrder; ++k) part -= lower[k][i] * parts[k];
            parts[i] = lower[i][i] > 0 ? part / lower[i][i] : 0;
        }
        return parts;
    }

    const Moves& moves_;
    const Questions& questions_;
    std::vector<Lanes> x_;
    std::vector<std::vector<Lanes>> kept_;
    Lanes missing_{};
};

}  // namespace

std::vector<Lanes> relax(const Moves& moves, const Questions& questions) {
    return Solver(moves, questions).solve();
}

}  // namespace duet::attribution
