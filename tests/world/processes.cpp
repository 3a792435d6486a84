#include "tests/world/processes.h"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <thread>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace duet::world {

using std::chrono::steady_clock;

TemporaryFolder::TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "duet-e2e-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
    if (std::getenv("DUET_KEEP_FOLDERS") != nullptr) {
        std::fprintf(stderr, "kept: %s\n", path_.c_str());
        return;
    }
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

Process::Process(const Spec& spec) {
    std::vector<std::string> words{spec.program};
    words.insert(words.end(), spec.arguments.begin(), spec.arguments.end());
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    pid_ = fork();
    if (pid_ < 0) throw std::runtime_error("cannot fork");
    if (pid_ > 0) return;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (spec.file_bytes_max) {
        const rlimit limit{*spec.file_bytes_max, RLIM_INFINITY};
        setrlimit(RLIMIT_FSIZE, &limit);
    }
    const int out = open(spec.out_path.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    const std::string& error_path = spec.error_path.empty() ? spec.out_path : spec.error_path;
    const int error = open(error_path.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    dup2(out, STDOUT_FILENO);
    dup2(error, STDERR_FILENO);
    for (const auto& [name, value] : spec.environment) setenv(name.c_str(), value.c_str(), 1);
    execv(argv.front(), argv.data());
    _exit(127);
}

Process& Process::operator=(Process&& other) noexcept {
    std::swap(pid_, other.pid_);
    std::swap(code_, other.code_);
    return *this;
}

bool Process::runs() {
    if (pid_ < 0 || code_) return false;
    int status = 0;
    if (waitpid(pid_, &status, WNOHANG) == pid_)
        code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return !code_;
}

bool Process::limit_files(std::optional<std::uint64_t> bytes) const {
    const rlimit limit{bytes ? *bytes : RLIM_INFINITY, RLIM_INFINITY};
    return pid_ > 0 && prlimit(pid_, RLIMIT_FSIZE, &limit, nullptr) == 0;
}

std::chrono::milliseconds Process::computed() const {
    const std::string stat = read_text("/proc/" + std::to_string(pid_) + "/stat");
    const std::size_t name_end = stat.rfind(')');
    if (name_end == std::string::npos) return {};
    std::istringstream fields(stat.substr(name_end + 1));
    std::string skipped;
    for (int field = 3; field < 14; ++field) fields >> skipped;  // utime is the 14th: proc(5)
    long in_program = 0;
    long in_kernel = 0;
    fields >> in_program >> in_kernel;
    return std::chrono::milliseconds{(in_program + in_kernel) * 1000 / sysconf(_SC_CLK_TCK)};
}

std::chrono::milliseconds Process::queued() const {
    std::istringstream fields(read_text("/proc/" + std::to_string(pid_) + "/schedstat"));
    std::int64_t ran = 0;
    std::int64_t waited = 0;
    fields >> ran >> waited;
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::nanoseconds{waited});
}

void Process::send(int signal) {
    if (runs()) kill(pid_, signal);
}

void Process::kill_now() {
    send(SIGKILL);
    wait(std::chrono::seconds{10});
}

std::optional<int> Process::wait(std::chrono::milliseconds limit) {
    if (pid_ < 0) return std::nullopt;
    eventually([this] { return !runs(); }, limit);
    return code_;
}

Finished run_program(const std::string& program, const std::vector<std::string>& arguments,
                     std::chrono::seconds limit) {
    const TemporaryFolder folder;
    Process process({program, arguments, folder.path() + "/out", folder.path() + "/error", {}});
    const auto code = process.wait(limit);
    if (!code) process.kill_now();
    return {code.value_or(-1), read_text(folder.path() + "/out"),
            read_text(folder.path() + "/error")};
}

bool eventually(const std::function<bool()>& question, std::chrono::milliseconds limit) {
    const auto deadline = steady_clock::now() + limit;
    while (!question()) {
        if (steady_clock::now() > deadline) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds{3});
    }
    return true;
}

std::string read_text(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

void write_text(const std::string& path, const std::string& text) {
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file << text;
    file.close();
    if (!file) throw std::runtime_error("cannot write " + path);
}

}  // namespace duet::world
