"""Each check finds what it looks for, and nothing in a sound tree."""

import unittest

import cases
import codes
import includes
import listed
import salesforce
import words

SOUND = {
    "mappings/a.h": '#include <string>\n',
    "mappings/a.cpp": '#include "mappings/a.h"\n// #include <thread>\n',
    "connectors/http/b.cpp": '#include <cpprest/http_client.h>\n#include "mappings/a.h"\n',
    "daemon/cli/c.cpp": '#include "connectors/sandbox/sandbox.h"\n',
    "mappings/CMakeLists.txt": "add_library(m a.cpp)\n",
}


class Includes(unittest.TestCase):
    def found(self, path, line):
        return includes.check({**SOUND, path: line + "\n"})

    def test_a_sound_tree_has_no_finding(self):
        self.assertEqual(includes.check(SOUND), [])

    def test_an_include_against_the_direction_is_found(self):
        for path, target in (
                ("mappings/x.cpp", "connectors/connector.h"),
                ("mappings/x.cpp", "daemon/version.h"),
                ("connectors/x.cpp", "daemon/store/store.h"),
                ("connectors/sandbox/x.cpp", "connectors/http/url.h"),
                ("connectors/http/x.cpp", "connectors/sandbox/sandbox.h"),
                ("connectors/pardot/x.cpp", "connectors/salesforce/api.h"),
                ("daemon/store/x.cpp", "daemon/sync/cycle.h"),
                ("daemon/sync/x.cpp", "daemon/cli/print.h"),
                ("daemon/service/x.cpp", "connectors/sandbox/sandbox.h"),
                ("mappings/x.cpp", "tests/world/x.h"),
                ("mappings/x.cpp", "neighbour.h")):
            with self.subTest(path=path, target=target):
                self.assertEqual(len(self.found(path, f'#include "{target}"')), 1)

    def test_a_library_out_of_its_place_is_found(self):
        for path, target in (
                ("connectors/salesforce/x.cpp", "cpprest/http_client.h"),
                ("tests/world/x.cpp", "pplx/pplxtasks.h"),
                ("connectors/sandbox/x.cpp", "boost/beast/core.hpp"),
                ("mappings/x.cpp", "thread"),
                ("mappings/x.cpp", "fstream"),
                ("mappings/x.cpp", "mutex"),
                ("mappings/x.cpp", "sqlite3.h"),
                ("mappings/x.cpp", "spdlog/spdlog.h"),
                ("daemon/x.h", "nlohmann/json.hpp")):
            with self.subTest(path=path, target=target):
                self.assertEqual(len(self.found(path, f"#  include <{target}>")), 1)

    def test_a_clock_in_mappings_is_found(self):
        self.assertEqual(len(self.found("mappings/x.cpp", "auto t = std::chrono::system_clock::now();")), 1)
        self.assertEqual(self.found("mappings/x.cpp", "// never system_clock::now()"), [])


class Listed(unittest.TestCase):
    def test_a_source_that_no_list_names_is_found(self):
        sources = {"mappings/a.cpp": "", "mappings/b.cpp": "", "tests/x/c_test.py": "", "mappings/CMakeLists.txt":
                   "add_library(m\n  a.cpp) # b.cpp\n"}
        self.assertEqual([one.split(":")[0] for one in listed.check(sources)], ["mappings/b.cpp", "tests/x/c_test.py"])

    def test_a_list_may_name_a_file_from_the_root(self):
        self.assertEqual(listed.check({"tests/a.cpp": "", "x/CMakeLists.txt": "f(${CMAKE_SOURCE_DIR}/tests/a.cpp)"}), [])

    def test_a_room_without_a_page_is_found(self):
        pages = {folder + "/README.md": "" for folder in listed.PAGES}
        self.assertEqual(listed.check_readmes({**pages, "mappings/x/a.h": "", "mappings/README.md": ""}),
                         ["mappings/x: has no README.md"])


class Words(unittest.TestCase):
    def test_a_forbidden_word_is_found(self):
        for line in ("see .." "/shared/a.md", "cd /wo" "rk/main", "/tmp/w" "t/x", "as iss" "ue 12 says", "// TO" "DO: later",
                     "FIX" "ME", "config.set_validate_" "certificates(false);"):
            with self.subTest(line=line):
                self.assertEqual(len(words.check({"mappings/a.cpp": line})), 1)

    def test_data_and_ordinary_words_are_left_alone(self):
        self.assertEqual(words.check({"packaging/demo/seed/a.csv": "TO" "DO", "a.md": "issuer 12; network/worker"}), [])


class Codes(unittest.TestCase):
    TABLE = '{"DUET-1001", "a"},\n{"DUET-1002", "b"},\n'

    def test_a_code_without_a_row_is_found(self):
        texts = {codes.TABLE: self.TABLE, "daemon/a.cpp": 'f("DUET-1001");\ng("DUET-1003"); // DUET-1004\n'}
        self.assertEqual(len(codes.check(texts)), 1)

    def test_rows_out_of_order_or_twice_are_found(self):
        row = '{"DUET-1002", "b"},\n'
        self.assertEqual(len(codes.check({codes.TABLE: self.TABLE + row})), 1)
        self.assertEqual(len(codes.check({codes.TABLE: row + self.TABLE})), 1)


class Salesforce(unittest.TestCase):
    SPACE = 'xmlns="http://soap.sforce.com/2006/04/metadata"'
    FIELD = f"<CustomField {SPACE}><fullName>Duet_A__c</fullName><type>Date</type></CustomField>"
    TEXTS = {
        "mappings/presets/default/a.yaml": "entity: account\nfields:\n  - salesforce: Duet_A__c\n",
        f"{salesforce.BASE}/objects/Account/fields/Duet_A__c.field-meta.xml": FIELD,
        salesforce.PERMISSIONS: f"<PermissionSet {SPACE}><fieldPermissions><editable>true</editable><field>Account.Duet_A__c"
                                "</field><readable>true</readable></fieldPermissions></PermissionSet>",
        salesforce.MANIFEST: f"<Package {SPACE}><types><members>Account.Duet_A__c</members><name>CustomField</name></types>"
                             "<types><members>M</members><name>CampaignInfluenceModel</name></types>"
                             "<types><members>Account.V</members><name>ListView</name></types>"
                             "<types><members>P</members><name>PermissionSet</name></types></Package>",
        f"{salesforce.BASE}/campaignInfluenceModels/M.campaignInfluenceModel-meta.xml":
            f"<CampaignInfluenceModel {SPACE}><isDefaultModel>false</isDefaultModel><isModelLocked>true</isModelLocked>"
            "</CampaignInfluenceModel>",
        f"{salesforce.BASE}/objects/Account/listViews/V.listView-meta.xml":
            f"<ListView {SPACE}><fullName>V</fullName><columns>Duet_A__c</columns></ListView>",
        salesforce.SEED: "object,name,type,length,precision,scale,external_id,unique\nAccount,Duet_A__c,date,,,,false,false\n",
    }

    def setUp(self):
        # The manifest names the permission set as its file is named.
        name = salesforce.PERMISSIONS.rsplit("/", 1)[-1].split(".")[0]
        self.texts = dict(self.TEXTS)
        self.texts[salesforce.MANIFEST] = self.TEXTS[salesforce.MANIFEST].replace(">P<", f">{name}<")

    def findings_with(self, old, new):
        """What is found when a text stands in every file in place of another."""
        return salesforce.check({key: text.replace(old, new) for key, text in self.texts.items()})

    def test_a_complete_set_has_no_finding(self):
        self.assertEqual(salesforce.check(self.texts), [])

    def test_a_view_of_a_field_that_is_not_there_is_found(self):
        self.assertEqual(len(self.findings_with("<columns>Duet_A__c", "<columns>Duet_B__c")), 1)

    def test_a_model_that_people_could_write_or_that_would_be_the_default_is_found(self):
        self.assertEqual(len(self.findings_with("<isModelLocked>true", "<isModelLocked>false")), 1)
        self.assertEqual(len(self.findings_with("<isDefaultModel>false", "<isDefaultModel>true")), 1)

    def test_a_file_that_is_not_well_formed_or_misnamed_is_found(self):
        self.assertEqual(len(self.findings_with("</ListView>", "")), 1)
        self.assertEqual(len(self.findings_with("<fullName>V", "<fullName>W")), 1)

    def test_a_manifest_that_says_a_thing_twice_or_not_at_all_is_found(self):
        twice = "<members>M</members>"
        self.assertEqual(len(self.findings_with(twice, twice + twice)), 1)
        self.assertEqual(len(self.findings_with("<types><members>M</members><name>CampaignInfluenceModel</name></types>", "")), 1)

    def test_two_fields_with_one_label_are_found(self):
        path = f"{salesforce.BASE}/objects/Account/fields/Duet_A__c.field-meta.xml"
        labelled = {**self.texts, path: self.FIELD.replace("<type>", "<label>Duet A</label><type>")}
        labelled[path.replace("_A__c", "_B__c")] = labelled[path].replace("Duet_A__c", "Duet_B__c")
        self.assertTrue(any("has the label of" in one for one in salesforce.check(labelled)))

    def test_a_field_of_tasks_belongs_to_activities_in_the_manifest(self):
        texts = {key.replace("Account/", "Activity/").replace("Duet_A__c", "Duet_Key__c"):
                 text.replace("Account.", "Task.").replace("Account,", "Task,").replace("Duet_A__c", "Duet_Key__c")
                 for key, text in self.texts.items() if "presets" not in key and "listViews" not in key}
        view = "<types><members>Task.V</members><name>ListView</name></types>"
        texts[salesforce.MANIFEST] = texts[salesforce.MANIFEST].replace(view, "")
        self.assertEqual(len(salesforce.check(texts)), 2)  # Task is too much there, Activity is missing
        manifest = texts[salesforce.MANIFEST].replace("Task.", "Activity.")
        self.assertEqual(salesforce.check({**texts, salesforce.MANIFEST: manifest}), [])

    def test_a_written_field_that_does_not_ship_is_found(self):
        document = "entity: person\nfields:\n  - salesforce: Duet_A__c\n"
        found = salesforce.check({**self.texts, "mappings/presets/default/b.yaml": document})
        self.assertEqual(len(found), 2)  # a person is a contact and a lead
        document = "entity: person\nfields:\n  - salesforce: { lead: Duet_A__c }\n    value: Duet_B__c\n"
        found = salesforce.check({**self.texts, "mappings/presets/default/b.yaml": document})
        self.assertEqual(len(found), 2)  # the lead's, and one that no object has
        rule = "lists:\n  - member_when: Duet_A__c > TODAY()\n"
        self.assertEqual(salesforce.check({**self.texts, "mappings/presets/default/b.yaml": rule}), [])

    def test_a_shipped_field_that_no_document_fills_is_found(self):
        found = self.findings_with("  - salesforce: Duet_A__c", "  - value: Duet_A__c")
        self.assertEqual(found, ["Account.Duet_A__c: is shipped, and no shipped document fills it"])

    def test_a_field_that_differs_from_the_seed_or_is_not_granted_is_found(self):
        seed = self.texts[salesforce.SEED].replace(",date,", ",datetime,")
        self.assertEqual(len(salesforce.check({**self.texts, salesforce.SEED: seed})), 1)
        permissions = self.texts[salesforce.PERMISSIONS].replace("<editable>true", "<editable>false")
        self.assertEqual(len(salesforce.check({**self.texts, salesforce.PERMISSIONS: permissions})), 1)


class Cases(unittest.TestCase):
    PAGE = "".join(f"| {number} | a case | `Suite.Test` |\n" for number in range(1, cases.CASES + 1))
    TREE = {cases.PAGE: PAGE, "tests/a.cpp": "TEST_F(Suite, Test) {}\n"}

    def test_a_page_whose_tests_are_there_has_no_finding(self):
        self.assertEqual(cases.check(self.TREE), [])

    def test_a_test_that_is_not_there_and_a_case_without_one_are_found(self):
        gone = {**self.TREE, "tests/a.cpp": "TEST(Suite, Other) {}\n"}
        self.assertEqual(len(cases.check(gone)), cases.CASES)
        shorter = {**self.TREE, cases.PAGE: self.PAGE.replace("| 7 | a case | `Suite.Test` |\n", "")}
        self.assertEqual(len(cases.check(shorter)), 1)
        self.assertEqual(len(cases.check({})), 1)


if __name__ == "__main__":
    unittest.main()
