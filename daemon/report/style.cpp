#include "daemon/report/style.h"

#include <array>
#include <string>

#include <openssl/evp.h>

namespace duet::report {
namespace {

// Colours: the eight of Okabe and Ito (2008), which people with any common colour blindness tell
// apart; on dark ground each is a little lighter.
constexpr std::string_view kStyle = R"(
:root{color-scheme:light dark;--ground:#f4f6f9;--panel:#fff;--ink:#17212b;--soft:#5a6876;--rule:#dfe5eb;
--accent:#0b6e99;--between:#e6eff5;--node:#33424f;
--c1:#0072b2;--c2:#e69f00;--c3:#009e73;--c4:#cc79a7;--c5:#56b4e9;--c6:#d55e00;--c7:#8a7a00;--c8:#6b7480}
@media (prefers-color-scheme:dark){:root{--ground:#10161d;--panel:#18212b;--ink:#e8edf2;--soft:#9fb0bf;
--rule:#2c3945;--accent:#5cc0ea;--between:#22313d;--node:#b9c6d2;
--c1:#4aa8e0;--c2:#f2b632;--c3:#2fc79a;--c4:#e29cc4;--c5:#8fd0f7;--c6:#f08246;--c7:#d4c340;--c8:#a7b1bb}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--ground);color:var(--ink);
font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue","Noto Sans","DejaVu Sans",Arial,sans-serif;
overflow-wrap:anywhere}
.page{max-width:1200px;margin:0 auto;padding:28px 24px 40px}
header h1{font-size:32px;line-height:1.15;margin:0 0 6px;letter-spacing:-.01em}
header .sub{color:var(--soft);margin:0 0 2px}
.tag{display:inline-block;background:var(--accent);color:var(--panel);border-radius:5px;padding:1px 8px;
font-size:12px;font-weight:600;letter-spacing:.05em;text-transform:uppercase;margin-bottom:10px}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(240px,1fr));gap:14px;margin:22px 0 14px;padding:0;list-style:none}
.cards li{background:var(--panel);border:1px solid var(--rule);border-radius:12px;padding:14px 16px}
.cards .big{display:block;font-size:24px;line-height:1.2;font-weight:700;letter-spacing:-.02em;
font-variant-numeric:tabular-nums}
.cards .of{color:var(--soft);font-size:13.5px}
.notes{background:var(--panel);border:1px solid var(--rule);border-left:4px solid var(--c2);border-radius:8px;
padding:10px 16px 10px 30px;margin:14px 0}
h2{font-size:13px;text-transform:uppercase;letter-spacing:.09em;color:var(--soft);margin:34px 0 12px}
.grid{display:grid;grid-template-columns:1fr 1fr;gap:16px}
.panel{background:var(--panel);border:1px solid var(--rule);border-radius:14px;padding:18px 20px;min-width:0}
.panel.full{grid-column:1/-1}
.panel h3{font-size:19px;line-height:1.25;margin:0 0 4px}
.panel p{margin:0 0 14px;color:var(--soft);font-size:14px}
.none{font-style:italic}
svg.chart{display:block;max-width:100%;height:auto;margin:4px 0 10px;overflow:visible}
svg.narrow{display:none}
svg text{font-size:13px;fill:var(--ink);font-variant-numeric:tabular-nums}
svg .strong{font-weight:600}
svg .value{font-weight:600}
svg .small{font-size:12px;font-weight:500;fill:var(--soft)}
svg .tick{font-size:12px;fill:var(--soft)}
svg .onward{font-size:12.5px;fill:var(--soft)}
svg .axis{stroke:var(--soft);stroke-width:1}
svg .grid{stroke:var(--rule);stroke-width:1}
svg .between{fill:var(--between)}
svg .node{fill:var(--node)}
svg .band{opacity:.5}
svg .band:hover,svg .bar:hover{opacity:.8}
svg .line{fill:none;stroke-width:2.4;stroke-linejoin:round;stroke-linecap:round}
svg .again{stroke-dasharray:6 5}
svg .point{stroke:var(--panel);stroke-width:1.5}
.c1{fill:var(--c1);stroke:none}.c2{fill:var(--c2)}.c3{fill:var(--c3)}.c4{fill:var(--c4)}
.c5{fill:var(--c5)}.c6{fill:var(--c6)}.c7{fill:var(--c7)}.c8{fill:var(--c8)}
.line.c1{stroke:var(--c1)}.line.c2{stroke:var(--c2)}.line.c3{stroke:var(--c3)}.line.c4{stroke:var(--c4)}
.line.c5{stroke:var(--c5)}.line.c6{stroke:var(--c6)}.line.c7{stroke:var(--c7)}.line.c8{stroke:var(--c8)}
details{border-top:1px solid var(--rule);padding-top:8px;margin-top:8px}
summary{cursor:pointer;color:var(--accent);font-size:14px}
table{border-collapse:collapse;width:100%;font-size:13.5px;margin-top:8px;font-variant-numeric:tabular-nums}
caption{text-align:left;color:var(--soft);font-size:13px;padding:2px 0 8px}
th,td{padding:5px 8px;border-bottom:1px solid var(--rule);text-align:right;vertical-align:top}
thead th{color:var(--soft);font-weight:600;vertical-align:bottom}
td{white-space:nowrap}
th{overflow-wrap:break-word}
th:first-child,th.text,td.text{text-align:left}
td.text{white-space:normal}
tbody th{font-weight:600}
footer{color:var(--soft);font-size:13px;margin-top:32px;border-top:1px solid var(--rule);padding-top:14px}
@media screen and (max-width:999px){
.page{padding:18px 14px 30px}
header h1{font-size:25px}
.cards{grid-template-columns:1fr 1fr;gap:10px}
.cards li{padding:10px 12px}
.cards .big{font-size:21px}
.grid{grid-template-columns:minmax(0,1fr)}
.panel{padding:14px}
svg.wide{display:none}
svg.narrow{display:block;max-width:min(100%,480px);margin-left:auto;margin-right:auto}
table,caption,tbody,tr,td,tbody th{display:block;width:auto}
thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
tr{border-bottom:1px solid var(--rule);padding:8px 0}
th,td{border:0;padding:2px 0}
tbody th{text-align:left;font-size:14.5px}
td,td.text{display:flex;justify-content:space-between;gap:14px;text-align:right;white-space:normal}
td::before{content:attr(data-label);color:var(--soft);text-align:left}
}
@media print{
@page{size:A4 landscape;margin:12mm}
:root{color-scheme:light;--ground:#fff;--panel:#fff;--ink:#000;--soft:#444;--rule:#ccc;--accent:#0b6e99;
--between:#eef3f6;--node:#333;--c1:#0072b2;--c2:#e69f00;--c3:#009e73;--c4:#cc79a7;--c5:#56b4e9;--c6:#d55e00;
--c7:#8a7a00;--c8:#6b7480}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}
.page{max-width:none;padding:0}
.cards{grid-template-columns:repeat(4,1fr)}
h2{margin:14px 0 8px}
details{display:none}
svg.chart{max-height:150mm}
.panel,.cards li{break-inside:avoid}
h2,h3{break-after:avoid}
}
)";

}  // namespace

std::string_view style_sheet() noexcept { return kStyle; }

std::string_view style_digest() {
    static const std::string kDigest = [] {
        std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
        unsigned size = 0;
        EVP_Digest(kStyle.data(), kStyle.size(), digest.data(), &size, EVP_sha256(), nullptr);
        std::array<unsigned char, 2 * EVP_MAX_MD_SIZE> base64{};
        const int length = EVP_EncodeBlock(base64.data(), digest.data(), static_cast<int>(size));
        return "sha256-" + std::string(base64.data(), base64.data() + length);
    }();
    return kDigest;
}

}  // namespace duet::report
