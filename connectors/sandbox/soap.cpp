#include "connectors/sandbox/soap.h"

namespace duet::sandbox {

namespace {

bool is_enterprise(const SoapCall& call) { return call.path.size() > 2 && call.path[2] == "c"; }

std::string usage_header(const SoapCall& call) {
    if (call.user_id.empty()) return {};
    return "<soapenv:Header><LimitInfoHeader><limitInfo><current>" +
           std::to_string(call.state.salesforce_calls) + "</current><limit>" +
           std::to_string(call.state.salesforce_daily_calls) +
           "</limit><type>API REQUESTS</type></limitInfo></LimitInfoHeader></soapenv:Header>";
}

ApiResponse client_fault(const SoapCall& call, const std::string& message) {
    return soap_answer(call, 500,
                       "<soapenv:Fault><faultcode>soapenv:Client</faultcode><faultstring>" +
                           xml_text(message) + "</faultstring></soapenv:Fault>");
}

/// Takes the message apart; false where it is no SOAP message.
bool read_message(SoapCall& call) {
    auto envelope = parse_xml(call.request.body);
    if (!envelope || envelope->name != "Envelope") return false;
    if (const XmlElement* header = envelope->find("Header")) {
        if (const XmlElement* session = header->find("SessionHeader")) {
            call.session_id = session->text_of("sessionId");
        }
        if (const XmlElement* whole = header->find("AllOrNoneHeader")) {
            const std::string wanted = whole->text_of("allOrNone");
            call.all_or_none = wanted == "true" || wanted == "1";
        }
    }
    const XmlElement* body = envelope->find("Body");
    if (body == nullptr || body->children.size() != 1) return false;
    call.operation = body->children.front();
    return true;
}

ApiResponse with_session(SoapCall& call) {
    SandboxState& state = call.state;
    const auto session = state.session("Bearer " + call.session_id);
    if (!session) {
        return soap_fault(call, "INVALID_SESSION_ID",
                          "Invalid Session ID found in SessionHeader: Illegal Session. Session not "
                          "found, missing session key");
    }
    call.user_id = session->user_id;
    if (state.salesforce_calls >= state.salesforce_daily_calls) {
        return soap_fault(call, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.");
    }
    ++state.salesforce_calls;
    const std::string& name = call.operation.name;
    if (name == "getServerTimestamp") {
        return soap_answer(call, 200,
                           "<getServerTimestampResponse><result><timestamp>" +
                               state.clock.now_iso() +
                               "</timestamp></result></getServerTimestampResponse>");
    }
    if (name == "getUserInfo") return soap_user_info(call);
    if (name == "logout") {
        state.close_session(call.session_id);
        return soap_answer(call, 200, "<logoutResponse/>");
    }
    empty_expired_bin(state);
    Transaction step(state.database);
    if (auto answer = soap_records(call)) {
        step.commit();
        return std::move(*answer);
    }
    return client_fault(call, "No operation available for request {urn:" +
                                  std::string(is_enterprise(call) ? "enterprise" : "partner") +
                                  ".soap.sforce.com}" + name +
                                  ", please check the WSDL for the service.");
}

}  // namespace

ApiResponse soap_answer(const SoapCall& call, int status, const std::string& body) {
    const std::string kind = is_enterprise(call) ? "enterprise" : "partner";
    ApiResponse answer;
    answer.status = status;
    answer.content_type = "text/xml; charset=utf-8";
    answer.body = R"(<?xml version="1.0" encoding="UTF-8"?>)"
                  R"(<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/")"
                  R"( xmlns="urn:)" +
                  kind + R"(.soap.sforce.com" xmlns:sf="urn:fault.)" + kind +
                  R"(.soap.sforce.com" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">)" +
                  (status == 200 ? usage_header(call) : "") + "<soapenv:Body>" + body +
                  "</soapenv:Body></soapenv:Envelope>";
    return answer;
}

ApiResponse soap_fault(const SoapCall& call, const std::string& code, const std::string& message,
                       const std::string& type) {
    const std::string text = xml_text(message);
    return soap_answer(call, 500,
                       "<soapenv:Fault><faultcode>sf:" + code + "</faultcode><faultstring>" + code +
                           ": " + text + "</faultstring><detail><sf:" + type +
                           " xsi:type=\"sf:" + type + "\"><sf:exceptionCode>" + code +
                           "</sf:exceptionCode><sf:exceptionMessage>" + text +
                           "</sf:exceptionMessage></sf:" + type + "></detail></soapenv:Fault>");
}

ApiResponse handle_soap(SandboxState& state, const ApiRequest& request,
                        const std::vector<std::string>& path) {
    SoapCall call{state, request, path, {}, {}, false, {}};
    if (request.method != "POST") return method_not_allowed(request, "POST");
    if (path.size() < 4 || (path[2] != "u" && path[2] != "c")) return refusal_answer(not_found());
    if (!read_message(call)) return client_fault(call, "The request is not a SOAP message");
    return call.operation.name == "login" ? soap_login(call) : with_session(call);
}

}  // namespace duet::sandbox
