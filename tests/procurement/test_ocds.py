"""Releases that never change, with the tags that say what is new; records compiled of them."""

import copy
import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from ocdsmerge import Merger

from otp_policy.procurement import (
    AnnualPlan,
    ContractReference,
    Month,
    Offer,
    PlanEntry,
    SummaryRow,
    ocds,
)
from otp_policy.procurement.ocds.forms import process_of_plan_entry, process_of_summary_row
from otp_policy.procurement.ocds.packages import record_package, release_package
from otp_policy.procurement.ocds.process import ContractStatus, Party, TenderStatus
from otp_policy.procurement.ocds.publication import OcdsError, Publication, is_placeholder
from otp_policy.procurement.ocds.records import compiled, versioned
from otp_policy.procurement.ocds.releases import is_untouched, next_release
from otp_policy.procurement.wording import ocds_codes, ocds_sentence
from tests.procurement.processes import (
    AGENCY,
    AMENDED,
    ANNOUNCED,
    AWARDED,
    CANCELLED_AWARD,
    CONTRACTED,
    ENDED,
    FIRM,
    LIFE,
    OTHER,
    PAID,
    PLANNED,
    PUBLICATION,
    START,
    WORKING,
    additional_errors,
    part,
    schema_errors,
    told,
    with_contract,
)

LATER = START + timedelta(days=400)


def refused(*processes, **more) -> str:
    with pytest.raises(OcdsError) as caught:
        told(*processes, **more)
    return caught.value.code


def test_each_step_of_a_process_has_its_tag():
    assert [release["tag"] for release in told(*LIFE)] == [
        ["planning"],
        ["tender"],
        ["tenderAmendment"],
        ["tenderUpdate", "award"],
        ["contract"],
        ["implementation"],
        ["implementationUpdate"],
        ["contractAmendment"],
        ["contractTermination"],
    ]


def changed_plan(**changes):
    return replace(PLANNED, plan=replace(PLANNED.plan, **changes))


def changed_notice(process, **changes):
    return replace(process, notice=replace(process.notice, **changes))


@pytest.mark.parametrize(
    ("before", "after", "tags"),
    [
        (PLANNED, changed_plan(budget=Decimal(1)), ["planningUpdate"]),
        (PLANNED, replace(PLANNED, is_plan_cancelled=True), ["planningUpdate"]),
        (PLANNED, replace(PLANNED, title="ชื่อใหม่"), ["planningUpdate"]),
        (ANNOUNCED, changed_notice(ANNOUNCED, value=Decimal(1)), ["tenderUpdate"]),
        (
            ANNOUNCED,
            changed_notice(ANNOUNCED, status=TenderStatus.CANCELLED),
            ["tenderCancellation"],
        ),
        (
            ANNOUNCED,
            changed_notice(ANNOUNCED, status=TenderStatus.UNSUCCESSFUL),
            ["tenderUpdate"],
        ),
        (
            AWARDED,
            replace(AWARDED, awards=(replace(AWARDED.awards[0], reason="คุณภาพ"),)),
            ["awardUpdate"],
        ),
        (AWARDED, CANCELLED_AWARD, ["awardCancellation"]),
        (CONTRACTED, with_contract(CONTRACTED, value=Decimal(1)), ["contractUpdate"]),
        (
            CONTRACTED,
            with_contract(CONTRACTED, status=ContractStatus.CANCELLED),
            ["contractUpdate"],
        ),
        (CONTRACTED, PAID, ["implementation"]),
        (
            WORKING,
            with_contract(PAID, value=Decimal(1)),
            ["contractUpdate", "implementationUpdate"],
        ),
    ],
)
def test_a_change_has_its_tag(before, after, tags):
    assert told(before, after)[-1]["tag"] == tags


def test_a_whole_process_may_be_told_at_once():
    (release,) = told(PAID)
    assert release["tag"] == ["planning", "tender", "award", "contract", "implementation"]


def test_nothing_new_is_no_release():
    assert len(told(PAID, PAID, PAID)) == 1


def test_a_release_holds_only_what_is_new():
    releases = told(*LIFE)
    assert [
        sorted({"planning", "tender", "awards", "contracts"} & {*each}) for each in releases
    ] == [
        ["planning", "tender"],
        ["tender"],
        ["tender"],
        ["awards", "tender"],
        ["contracts"],
        ["contracts"],
        ["contracts"],
        ["contracts"],
        ["contracts"],
    ]


def test_an_amendment_says_which_release_it_amends_for_ever():
    releases = told(ANNOUNCED, AMENDED, AWARDED)
    assert [
        release["tender"].get("amendments", [{}])[0].get("amendsReleaseID") for release in releases
    ] == [None, releases[0]["id"], releases[0]["id"]]


def test_the_id_of_a_release_is_a_digest_of_all_that_it_says():
    release = told(PLANNED)[0]
    assert is_untouched(release)
    assert told(PLANNED)[0]["id"] == release["id"]
    for key in release:
        changed = {**copy.deepcopy(release), key: "x"}
        assert not is_untouched(changed)
    deep = copy.deepcopy(release)
    deep["planning"]["budget"]["amount"]["amount"] += 1
    assert not is_untouched(deep)


def test_a_history_that_was_changed_is_refused():
    history = told(PLANNED)
    history[0]["planning"]["budget"]["amount"]["amount"] = 1
    with pytest.raises(OcdsError) as caught:
        next_release(ANNOUNCED, history=history, published_at=LATER, publication=PUBLICATION)
    assert (caught.value.code, caught.value.where) == ("release_changed", "history[0]")


def test_a_release_is_later_than_the_last_one():
    history = told(PLANNED)
    for published_at in (START, START - timedelta(days=1)):
        with pytest.raises(OcdsError, match="date_not_later"):
            next_release(
                ANNOUNCED, history=history, published_at=published_at, publication=PUBLICATION
            )
    naive = datetime(2030, 1, 1)
    with pytest.raises(OcdsError, match="zone_missing"):
        next_release(ANNOUNCED, history=[], published_at=naive, publication=PUBLICATION)


def test_what_was_told_is_cancelled_and_never_dropped():
    assert refused(CONTRACTED, AWARDED) == "entry_removed"
    assert refused(AWARDED, AMENDED) == "entry_removed"
    assert refused(ANNOUNCED, PLANNED) == "entry_removed"
    assert refused(ANNOUNCED, replace(ANNOUNCED, plan=None)) == "entry_removed"
    others = replace(AWARDED, awards=(replace(AWARDED.awards[0], suppliers=(OTHER,)),))
    assert refused(AWARDED, others) == "entry_removed"
    assert refused(PAID, with_contract(PAID, transactions=())) == "entry_removed"


def test_a_document_can_be_taken_back():
    gone = changed_notice(ANNOUNCED, documents=())
    history = told(ANNOUNCED, gone)
    now = compiled(history)["tender"]["documents"]
    assert now == [{"id": "notice"}]
    # Once is enough; and what is taken back stays so.
    assert len(told(ANNOUNCED, gone, gone)) == 2
    assert compiled(told(ANNOUNCED, gone, changed_notice(gone, value=Decimal(5))))["tender"][
        "documents"
    ] == [{"id": "notice"}]


def test_a_field_that_is_emptied_is_empty_in_the_record():
    now = changed_notice(ANNOUNCED, closes_at=None, opens_at=None, value=None)
    tender = compiled(told(ANNOUNCED, now))["tender"]
    assert not tender.get("tenderPeriod")
    assert not tender.get("value")
    assert tender["procurementMethod"] == "open"


def test_a_contract_follows_from_an_award_that_is_known():
    astray = with_contract(CONTRACTED, award_id="award-9")
    assert refused(astray) == "award_unknown"
    assert refused(AWARDED, astray) == "award_unknown"


def test_two_awards_with_one_id_are_refused():
    assert refused(replace(AWARDED, awards=AWARDED.awards * 2)) == "id_repeated"


def test_money_is_baht_and_days_are_days_of_the_office():
    release = told(PAID)[0]
    assert release["tender"]["value"] == {"amount": 2450000.5, "currency": "THB"}
    assert release["awards"][0]["value"] == {"amount": 2400000, "currency": "THB"}
    assert release["awards"][0]["date"] == "2026-01-05T00:00:00+07:00"
    assert release["tender"]["tenderPeriod"] == {
        "startDate": "2025-12-01T09:00:00+07:00",
        "endDate": "2025-12-20T16:30:00+07:00",
    }
    assert release["contracts"][0]["period"]["endDate"] == "2026-07-20T23:59:59+07:00"
    assert release["planning"]["milestones"][0]["dueDate"] == "2025-12-31T23:59:59+07:00"


def test_an_instant_near_midnight_is_of_the_office_s_day():
    late = changed_notice(ANNOUNCED, closes_at=datetime(2025, 12, 15, 17, 30, tzinfo=UTC))
    assert told(late)[0]["tender"]["tenderPeriod"]["endDate"] == "2025-12-16T00:30:00+07:00"


def test_the_method_has_its_code_and_its_thai_name():
    tender = told(ANNOUNCED)[0]["tender"]
    assert tender["procurementMethod"] == "open"
    assert tender["procurementMethodDetails"] == "วิธีประกวดราคาอิเล็กทรอนิกส์ (e-bidding)"
    assert refused(changed_notice(ANNOUNCED, method="ตกลงกันเอง")) == "method_unknown"


def test_parties_have_every_role_and_their_names_in_thai():
    release = told(PAID)[0]
    assert release["language"] == "th"
    parties = {party["name"]: party for party in release["parties"]}
    assert parties[AGENCY.name]["roles"] == ["buyer", "procuringEntity", "payer"]
    assert parties[AGENCY.name]["name_en"] == "Example Office"
    assert parties[FIRM.name]["roles"] == ["tenderer", "supplier", "payee"]
    assert parties[FIRM.name]["identifier"] == {
        "scheme": "TH-TEST",
        "id": "0105500000000",
        "legalName": FIRM.name,
    }
    assert parties[OTHER.name]["roles"] == ["tenderer"]


def test_no_registration_number_goes_out_without_the_list_it_stands_in():
    text = json.dumps(told(PAID, publication=replace(PUBLICATION, identifier_scheme="")))
    assert "0105500000000" not in text


@pytest.mark.parametrize("number", ["1101700230708", "1234567890123", "01055", "ทะเบียน"])
def test_only_the_registration_number_of_a_legal_person_is_taken(number):
    firm = replace(FIRM, registration_number=number)
    assert refused(changed_notice(ANNOUNCED, bidders=(firm,))) == "registration_number_malformed"


@pytest.mark.parametrize(
    "process",
    [
        replace(PLANNED, title="จ้างนาย ก 1-1017-00230-70-8"),
        changed_plan(rationale="๑๑๐๑๗๐๐๒๓๐๗๐๘"),
        changed_notice(ANNOUNCED, bidders=(Party(name="นาย ก 1101700230708"),)),
        replace(AWARDED, awards=(replace(AWARDED.awards[0], reason="เลข 1101700230708"),)),
        with_contract(CONTRACTED, number="1101700230708"),
    ],
)
def test_an_identity_number_never_goes_out(process):
    assert refused(process) == "identity_number"


# Prefixes and packages


@pytest.mark.parametrize(
    "prefix", ["ocds-213czf", "ocds-000000", "ocds-xxxxxx", "ocds-abc123", "ocds-prefix", ""]
)
def test_a_placeholder_is_told(prefix):
    assert is_placeholder(prefix)


def test_a_registered_prefix_is_none():
    assert not is_placeholder("ocds-bq4ldt")


@pytest.mark.parametrize("prefix", ["", "ocds-", "ocds-A1B2C3", "a1b2c3", "ocds-a1b2c3d"])
def test_a_prefix_has_its_form(prefix):
    with pytest.raises(OcdsError, match="prefix_malformed"):
        Publication(prefix=prefix, publisher="สำนักงาน")


@pytest.mark.parametrize("key", ["", "a b", "a/b", "ก", "-a", "a#b"])
def test_a_key_has_its_form(key):
    assert refused(replace(PLANNED, key=key)) == "key_malformed"


def package(releases, *, is_final=True, publication=PUBLICATION, published_at=LATER):
    return release_package(
        releases,
        uri="https://office.example/procurement/ocds/releases.json",
        published_at=published_at,
        publication=publication,
        is_final=is_final,
    )


def records(histories, *, is_final=True, publication=PUBLICATION):
    return record_package(
        histories,
        uri="https://office.example/procurement/ocds/records.json",
        published_at=LATER,
        publication=publication,
        is_final=is_final,
    )


@pytest.mark.parametrize("make", [package, lambda found, **more: records([found], **more)])
def test_nothing_final_goes_out_under_a_placeholder(make):
    draft = replace(PUBLICATION, prefix="ocds-000000")
    releases = told(PLANNED, publication=draft)
    with pytest.raises(OcdsError, match="prefix_placeholder"):
        make(releases, publication=draft)
    assert make(releases, publication=draft, is_final=False)


def test_a_package_takes_only_what_belongs_in_it():
    releases = told(*LIFE)
    changed = copy.deepcopy(releases)
    changed[3]["tag"] = ["tender"]
    other = told(PLANNED, publication=replace(PUBLICATION, prefix="ocds-d4e5f6"))
    for found, code in (
        (changed, "release_changed"),
        ([*releases, releases[0]], "release_repeated"),
        (other, "release_of_another_publisher"),
    ):
        with pytest.raises(OcdsError, match=code):
            package(found)
    with pytest.raises(OcdsError, match="published_before_release"):
        package(releases, published_at=START)
    with pytest.raises(OcdsError, match="record_repeated"):
        records([releases[:2], releases[2:]])


# Records


def test_a_record_shows_how_the_process_stands():
    now = compiled(told(*LIFE))
    assert now["tag"] == ["compiled"]
    assert now["tender"]["tenderPeriod"]["endDate"] == "2025-12-20T16:30:00+07:00"
    assert now["contracts"][0]["status"] == "terminated"
    assert now["contracts"][0]["implementation"]["milestones"][0]["status"] == "met"
    assert [party["roles"] for party in now["parties"] if party["name"] == FIRM.name] == [
        ["tenderer", "supplier", "payee"]
    ]


def test_step_by_step_and_at_once_come_to_the_same():
    step, once = compiled(told(*LIFE)), compiled(told(ENDED))
    for each in (step, once):
        # When something became known, and what an amendment amends, differs of course.
        each.pop("id")
        each.pop("date")
    text = json.dumps(step, sort_keys=True)
    for release in told(*LIFE):
        text = text.replace(f', "amendsReleaseID": "{release["id"]}"', "")
        text = text.replace(f'"amendsReleaseID": "{release["id"]}", ', "")
    assert sorted(json.loads(text)) == sorted(once)
    for key in ("planning", "tender", "awards", "contracts", "buyer"):
        assert json.loads(text)[key] == once[key]


def test_a_record_keeps_every_value_there_ever_was():
    ends = versioned(told(*LIFE))["contracts"][0]["period"]["endDate"]
    assert [each["value"] for each in ends] == [
        "2026-07-20T23:59:59+07:00",
        "2026-08-20T23:59:59+07:00",
    ]


# The forms


ROW = SummaryRow(
    sequence=3,
    work="จ้างทำความสะอาด",
    budget=Decimal(10000),
    reference_price=Decimal(9800),
    method="เฉพาะเจาะจง",
    bidders=(Offer(name="หจก. ก", price=Decimal(9500)), Offer(name="บจก. ข", price=Decimal(400))),
    selected=(Offer(name="หจก. ก", price=Decimal(9500)), Offer(name="บจก. ข", price=Decimal(400))),
    reason="ราคาต่ำสุด",
    contracts=(
        ContractReference(number="1/2569", signed_on=date(2025, 11, 4)),
        ContractReference(number="2/2569", signed_on=date(2025, 11, 5)),
    ),
)


def test_a_row_of_the_summary_is_a_process():
    (release,) = told(process_of_summary_row(ROW, Month(2025, 11), buyer=AGENCY))
    assert release["ocid"] == "ocds-a1b2c3-2025-11-3"
    assert release["tag"] == ["tender", "award", "contract"]
    assert release["tender"]["procurementMethod"] == "direct"
    assert release["tender"]["numberOfTenderers"] == 2
    assert [award["value"]["amount"] for award in release["awards"]] == [9500, 400]
    assert [(contract["awardID"], contract["title"]) for contract in release["contracts"]] == [
        ("2025-11-3-award-1", "สัญญาเลขที่ 1/2569"),
        ("2025-11-3-award-2", "สัญญาเลขที่ 2/2569"),
    ]


def test_one_contract_for_several_is_one_award():
    row = replace(ROW, contracts=ROW.contracts[:1])
    process = process_of_summary_row(row, Month(2025, 11), buyer=AGENCY)
    assert [len(award.suppliers) for award in process.awards] == [2]
    assert process.contracts[0].value == 9900
    alone = process_of_summary_row(replace(ROW, contracts=()), Month(2025, 11), buyer=AGENCY)
    assert (len(alone.awards), alone.contracts) == (2, ())


def test_a_row_goes_on_with_the_plan_that_announced_it():
    entry = PlanEntry(
        sequence=1,
        code="P68110000001",
        project="จ้างทำความสะอาด",
        budget=Decimal(10000),
        expected=Month(2025, 10),
    )
    plan = AnnualPlan(fiscal_year=2569, entries=(entry,))
    planned = process_of_plan_entry(entry, plan, buyer=AGENCY)
    bought = process_of_summary_row(ROW, Month(2025, 11), buyer=AGENCY, known=planned)
    history = told(planned, bought)
    assert {release["ocid"] for release in history} == {"ocds-a1b2c3-P68110000001"}
    assert history[1]["tag"] == ["tender", "award", "contract"]
    uncoded = process_of_plan_entry(replace(entry, code=""), plan, buyer=AGENCY)
    assert uncoded.key == "plan-2569-1"


# Under the official schema


SAMPLES = {
    "a whole life": told(*LIFE),
    "all at once": told(PAID),
    "a document taken back": told(ANNOUNCED, changed_notice(ANNOUNCED, documents=())),
    "fields emptied": told(
        ANNOUNCED, changed_notice(ANNOUNCED, closes_at=None, opens_at=None, value=None)
    ),
    "cancelled": told(AWARDED, CANCELLED_AWARD),
    "a cancelled plan": told(PLANNED, replace(PLANNED, is_plan_cancelled=True)),
    "a row": told(process_of_summary_row(ROW, Month(2025, 11), buyer=AGENCY)),
}
samples = pytest.mark.parametrize("history", SAMPLES.values(), ids=[*SAMPLES])


@samples
@pytest.mark.shared
def test_a_release_package_is_valid(history):
    made = json.loads(json.dumps(package(history)))
    assert schema_errors(made, "release-package-schema.json") == []
    assert [additional_errors(release) for release in made["releases"]] == [[]] * len(history)


@samples
@pytest.mark.shared
def test_a_record_package_is_valid(history):
    made = json.loads(json.dumps(records([history])))
    assert schema_errors(made, "record-package-schema.json") == []
    (record,) = made["records"]
    assert schema_errors(record["compiledRelease"], "release-schema.json") == []
    assert (
        schema_errors(record["versionedRelease"], "versioned-release-validation-schema.json") == []
    )


@samples
@pytest.mark.shared
def test_our_merge_rules_are_those_of_the_schema(history):
    official = Merger(json.loads(part("release-schema.json")))
    assert compiled(history) == official.create_compiled_release(history)
    plain = copy.deepcopy(history)
    for release in plain:
        for party in release["parties"]:
            party.pop("name_en", None)
    assert versioned(history) == official.create_versioned_release(plain)


@pytest.mark.shared
@pytest.mark.parametrize(
    "spoil",
    [
        lambda release: release.pop("initiationType"),
        lambda release: release["tender"].update(id=None),
        lambda release: release["tender"]["value"].update(amount="1"),
        lambda release: release.update(tag="tender"),
        lambda release: release["contracts"][0].pop("awardID"),
        lambda release: release.update(date="3 พ.ย. 2568"),
    ],
)
def test_the_schema_would_tell(spoil):
    release = copy.deepcopy(told(PAID)[0])
    spoil(release)
    made = {**package([]), "releases": [release]}
    assert schema_errors(made, "release-package-schema.json") != []


@pytest.mark.shared
@pytest.mark.parametrize(
    "spoil",
    [
        lambda release: release["tender"].update(status="open"),
        lambda release: release["parties"].pop(),
        lambda release: release["contracts"][0]["period"].update(
            endDate="2020-01-01T00:00:00+07:00"
        ),
        lambda release: release["awards"].append(release["awards"][0]),
        lambda release: release.update(tag=["nothing"]),
    ],
)
def test_the_further_checks_would_tell(spoil):
    release = copy.deepcopy(told(PAID)[0])
    spoil(release)
    assert additional_errors(release) != []


def test_a_bidder_who_was_written_wrong_is_taken_back():
    both = changed_notice(ANNOUNCED, bidders=(FIRM, OTHER))
    history = told(both, changed_notice(ANNOUNCED, bidders=(FIRM,)))
    tender = compiled(history)["tender"]
    assert tender["numberOfTenderers"] == 1
    assert [one.get("name") for one in tender["tenderers"]] == [FIRM.name, None]
    assert len(told(both, changed_notice(ANNOUNCED, bidders=(FIRM,)), both)) == 3


def test_every_reason_has_its_sentence_in_both_languages():
    folder = Path(ocds.__file__).parent
    raised = {
        code
        for path in folder.glob("*.py")
        for code in re.findall(r'OcdsError\(\s*"(\w+)"', path.read_text(encoding="utf-8"))
    }
    assert len(raised) > 15
    assert raised == ocds_codes()
    for code in raised:
        thai, english = (ocds_sentence(code, lang=lang, where="ที่นี่") for lang in ("th", "en"))
        assert re.search("[ก-ฮ]", thai)
        assert re.search("[A-Za-z]{3}", english)
        for text in (thai, english, ocds_sentence(code, lang="en")):
            assert "{" not in text
    assert "(" not in ocds_sentence("name_missing", lang="en")
