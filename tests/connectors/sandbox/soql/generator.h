#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "tests/connectors/sandbox/soql/world.h"

namespace duet::sandbox::soql {

/// One contact as the oracle sees it; an empty value is null.
struct Person {
    std::string id;
    std::optional<std::string> name;
    std::optional<std::string> email;
    std::optional<std::int64_t> visits;
    std::optional<double> score;
    std::optional<std::string> birthdate;
    std::optional<std::string> created;
    std::vector<std::string> topics;
    bool opted_out = false;
    std::optional<std::size_t> account;
    bool deleted = false;
};

struct Company {
    std::string id;
    std::optional<std::string> name;
};

using Test = std::function<bool(const Person&)>;
using Compare = std::function<int(const Person&, const Person&)>;

/// A condition in two forms: as SOQL and as a function that never saw the translator.
struct Generated {
    std::string soql;
    Test test;
};

/// Random contacts, conditions and orders; the same for the same seed.
class Generator {
public:
    explicit Generator(unsigned seed) : random_(seed) {}

    std::size_t below(std::size_t bound) { return random_() % bound; }
    bool chance(unsigned percent) { return below(100) < percent; }

    Person person(int number, std::size_t companies);
    Generated condition(int depth, const std::vector<Company>& companies);
    std::pair<std::string, Compare> order_by();

private:
    template <class T>
    const T& pick(const std::vector<T>& from) {
        return from[below(from.size())];
    }
    std::string day();
    std::string stamp();
    Generated leaf(const std::vector<Company>& companies);
    template <class Get>
    Generated text(const std::string& field, Get get, const std::string& tail);
    template <class Get>
    Generated list(const std::string& field, Get get, const std::string& tail);
    template <class Get, class Literal, class Read>
    Generated ordered(const std::string& field, Get get, Literal literal, Read read);
    Generated topics();
    Generated opted_out();

    std::mt19937 random_;
    // Ties and pairs that differ in case only are meant.
    std::vector<std::string> names_ = {"Ada", "ADA", "ada",  "Bo",  "bo",  "Éva", "éVA", "eva",
                                       "Жук", "жук", "Über", "Zed", "ΣOS", "σos", "A b", "Adam"};
    std::vector<std::string> patterns_ = {"a%", "%A", "_D%", "É%", "жу_", "%o%", "___", "ada"};
    std::vector<std::string> operators_ = {"=", "<", "<=", ">", ">="};
};

}  // namespace duet::sandbox::soql
