#include "connectors/sandbox/xml.h"

#include <gtest/gtest.h>

namespace duet::sandbox {
namespace {

TEST(SandboxXml, NamesAreLocalAndTextIsResolved) {
    const auto root = parse_xml(
        "\xEF\xBB\xBF<?xml version='1.0'?><!-- a --><s:Envelope xmlns:s='x' a=\"b>c\">"
        "<ns1:Body><q>a &lt;&amp;&#65;&#x20AC;</q><q xsi:nil=\"true\"/><q><![CDATA[<x>]]></q>"
        "<nil>1</nil></ns1:Body></s:Envelope>\n");
    ASSERT_TRUE(root);
    EXPECT_EQ(root->name, "Envelope");
    const XmlElement* body = root->find("Body");
    ASSERT_NE(body, nullptr);
    const auto all = body->all("q");
    ASSERT_EQ(all.size(), 3U);
    EXPECT_EQ(all[0]->text, "a <&A\xE2\x82\xAC");
    EXPECT_TRUE(all[1]->nil);
    EXPECT_EQ(all[2]->text, "<x>");
    EXPECT_EQ(body->text_of("nil"), "1");
    EXPECT_EQ(body->text_of("none"), "");
}

TEST(SandboxXml, WhatIsNotWellFormedOrHasADocumentTypeIsRefused) {
    std::string deep;
    for (int i = 0; i < 100; ++i) deep += "<a>";
    for (const std::string& xml :
         {std::string(), std::string("text"), std::string("<a>"), std::string("<a></b>"),
          std::string("<a b=c/>"), std::string("<a/><b/>"), std::string("<a>&nope;</a>"),
          std::string("<a>&#0;</a>"), std::string("<a>&#xD800;</a>"), std::string("<a>&</a>"),
          std::string("<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>"), std::string("<a><!ENTITY></a>"),
          std::string("<a><![CDATA[x</a>"), std::string("<>"), std::string("<a"), deep}) {
        EXPECT_FALSE(parse_xml(xml)) << xml;
    }
}

TEST(SandboxXml, WrittenTextReadsBack) {
    const std::string odd = "a<b>&\"c'\n\xC3\xA4";
    const auto back = parse_xml(xml_element("x", odd));
    ASSERT_TRUE(back);
    EXPECT_EQ(back->text, odd);
    EXPECT_EQ(xml_element("x", ""), "<x xsi:nil=\"true\"/>");
}

}  // namespace
}  // namespace duet::sandbox
