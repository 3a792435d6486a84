#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <sys/types.h>

/// The real programs as processes, in folders of their own.
namespace duet::world {

/// A new folder under the system's temporary one; removed with all that is in it when destroyed,
/// unless DUET_KEEP_FOLDERS is set, which prints its path instead.
class TemporaryFolder {
public:
    TemporaryFolder();
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    [[nodiscard]] const std::string& path() const noexcept { return path_; }

private:
    std::string path_;
};

/// A child process; killed when destroyed. It dies with the test, however that ends.
class Process {
public:
    struct Spec {
        std::string program;
        std::vector<std::string> arguments{};
        std::string out_path = "/dev/null";                              // appended to
        std::string error_path{};                                        // empty: as out_path
        std::vector<std::pair<std::string, std::string>> environment{};  // beside the test's own
        std::optional<std::uint64_t> file_bytes_max{};  // no file of it may grow beyond
    };

    Process() = default;
    explicit Process(const Spec& spec);
    ~Process() { kill_now(); }
    Process(Process&& other) noexcept : pid_(std::exchange(other.pid_, -1)), code_(other.code_) {}
    Process& operator=(Process&& other) noexcept;
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    [[nodiscard]] pid_t pid() const noexcept { return pid_; }
    [[nodiscard]] bool runs();
    /// How far its files may grow from now on; nothing: without limit. Whether it could be set.
    bool limit_files(std::optional<std::uint64_t> bytes) const;
    /// Processor time of all its threads so far, in steps of 10 ms (Linux).
    [[nodiscard]] std::chrono::milliseconds computed() const;
    /// How long its first thread has been ready to run and was not; 0 where the kernel does not
    /// say.
    [[nodiscard]] std::chrono::milliseconds queued() const;
    /// Sends a signal; nothing when it has ended.
    void send(int signal);
    /// SIGKILL, and waits for the end.
    void kill_now();
    /// The exit code, or 128 + the signal that ended it; nothing when it still runs after `limit`.
    std::optional<int> wait(std::chrono::milliseconds limit);

private:
    pid_t pid_ = -1;
    std::optional<int> code_{};
};

/// What a program did that ran to its end.
struct Finished {
    int code = -1;  // -1: it did not end in time and was killed
    std::string out{};
    std::string error{};
};

/// Runs a program to its end.
[[nodiscard]] Finished run_program(const std::string& program,
                                   const std::vector<std::string>& arguments,
                                   std::chrono::seconds limit = std::chrono::seconds{60});

/// Asks every few milliseconds until the answer is yes, at most for `limit`. Whether it was.
bool eventually(const std::function<bool()>& question,
                std::chrono::milliseconds limit = std::chrono::seconds{30});

[[nodiscard]] std::string read_text(const std::string& path);
void write_text(const std::string& path, const std::string& text);

}  // namespace duet::world
