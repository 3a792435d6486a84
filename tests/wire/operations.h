#pragma once

#include <functional>
#include <string>
#include <vector>

#include "mappings/result.h"
#include "tests/wire/wire_bench.h"

namespace duet::wire {

/// A write of Duet's, each time another record: what is needed is there before it is cut.
struct WriteOperation {
    const char* operation;  // as the sandbox names it
    Side side;
    /// Makes ready what number `n` needs, past the wire, and tells what is to be sent.
    std::function<Write(WireBench&, int n)> make;
    /// How often it has been done, as people see it.
    std::function<int(WireBench&, const Write&)> times_done;
    /// Whether the engine sends it. The other writes of a connector carry no key by which a create
    /// could be found again; the connector's word is all there is to check.
    bool by_engine = true;
};

/// A read of Duet's. The same question has the same answer each time.
struct ReadOperation {
    const char* operation;
    /// Which exchange of `ask` is the one, counted from 1.
    int exchange;
    /// What was read, as one text.
    std::function<Result<std::string>(WireBench&)> ask;
};

[[nodiscard]] const std::vector<WriteOperation>& write_operations();
[[nodiscard]] const std::vector<ReadOperation>& read_operations();
/// Fills the sandbox with what the reads ask for.
void prepare_reads(WireBench& bench);

}  // namespace duet::wire
