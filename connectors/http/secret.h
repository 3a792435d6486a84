#pragma once

#include <string>
#include <string_view>

#include "mappings/result.h"

namespace duet::http {

/// A password, key or token. It has no stream operator and no copy, and its bytes are wiped when
/// it dies; what reads it through `reveal` must not keep it longer than one request needs.
class Secret {
public:
    Secret() = default;
    /// Takes `text` over and wipes the caller's copy.
    explicit Secret(std::string&& text);
    Secret(const Secret&) = delete;
    Secret& operator=(const Secret&) = delete;
    Secret(Secret&& other) noexcept;
    Secret& operator=(Secret&& other) noexcept;
    ~Secret();

    [[nodiscard]] std::string_view reveal() const noexcept { return text_; }
    [[nodiscard]] bool empty() const noexcept { return text_.empty(); }

private:
    void wipe() noexcept;
    std::string text_;
};

/// Wipes a string that held a secret for one request.
void wipe(std::string& text) noexcept;

/// Reads a secret of at most 64 KiB; one line end at its end is dropped.
///
/// The file must belong to root or to the user that runs Duet, and nobody else may read it
/// (mode 0400 or 0600). A systemd credential (below /run/credentials) may have group bits: they
/// are the mask of its access list there. Anything else is refused with the command that mends it.
[[nodiscard]] Result<Secret> read_secret_file(const std::string& path);

/// Replaces the file by `secret` with mode 0600 so that a crash leaves the old or the new content,
/// never a part of one; durable on return. For refresh tokens that rotate.
[[nodiscard]] Status replace_secret_file(const std::string& path, const Secret& secret);

}  // namespace duet::http
