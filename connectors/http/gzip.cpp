#include "connectors/http/gzip.h"

#include <algorithm>
#include <limits>

#include <zlib.h>

namespace duet::http {
namespace {

constexpr int kGzipOnly = 15 + 16;  // largest window, gzip header required: zlib manual
constexpr std::size_t kStepBytes = 64 * 1024;

class Inflater {
public:
    Inflater() { ready_ = inflateInit2(&stream_, kGzipOnly) == Z_OK; }
    ~Inflater() {
        if (ready_) inflateEnd(&stream_);
    }
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;

    [[nodiscard]] bool ready() const noexcept { return ready_; }
    z_stream& stream() noexcept { return stream_; }

private:
    z_stream stream_{};
    bool ready_ = false;
};

Inflated inflate_members(z_stream& stream, std::string_view input, std::size_t bytes_max,
                         std::string& output) {
    std::size_t consumed = 0;
    bool inside = true;
    while (inside) {
        const std::size_t piece =
            std::min<std::size_t>(input.size() - consumed, std::numeric_limits<uInt>::max());
        // zlib does not write to its input; its older signature only lacks the const.
        stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input.data() + consumed));
        stream.avail_in = static_cast<uInt>(piece);
        // One byte over the cap is room enough to see that the cap is passed.
        const std::size_t room = std::min(kStepBytes, bytes_max - output.size() + 1);
        const std::size_t held = output.size();
        output.resize(held + room);
        stream.next_out = reinterpret_cast<Bytef*>(output.data() + held);
        stream.avail_out = static_cast<uInt>(room);
        const int code = inflate(&stream, Z_NO_FLUSH);
        consumed += piece - stream.avail_in;
        output.resize(held + room - stream.avail_out);
        if (output.size() > bytes_max) return Inflated::TooLarge;
        if (code == Z_BUF_ERROR) return Inflated::Truncated;
        if (code != Z_OK && code != Z_STREAM_END) return Inflated::Corrupt;
        if (code == Z_STREAM_END) {
            inside = consumed < input.size();
            if (inside && inflateReset(&stream) != Z_OK) return Inflated::Corrupt;
        }
    }
    return Inflated::Whole;
}

}  // namespace

Inflated inflate_gzip(std::string_view input, std::size_t bytes_max, std::string& output) {
    output.clear();
    Inflater inflater;
    if (!inflater.ready()) return Inflated::Corrupt;
    const Inflated outcome = inflate_members(inflater.stream(), input, bytes_max, output);
    if (outcome != Inflated::Whole) output = {};
    return outcome;
}

}  // namespace duet::http
