"""Open data of what is live: a release for each news, for ever; nothing that was not approved."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from otp_policy.procurement.ocds.releases import is_untouched
from otp_policy.wagtail import withdrawals
from otp_policy.wagtail.digest import later_fields
from otp_policy.wagtail.models import Notice
from otp_policy.wagtail.models.evidence import AppendOnlyError
from otp_policy.wagtail.notice_words import SENTENCES, sentence_of
from otp_policy.wagtail.procurement_forms.data_notices import register_sentences
from otp_policy.wagtail.procurement_forms.models import KeptRelease, KnownProcess
from otp_policy.wagtail.procurement_forms.ocds_telling import tell_all
from otp_policy.wagtail.publishing import publish_due
from otp_policy.wagtail.versions import hide_version
from procurement.models import (
    AnnualPlanPage,
    AwardPage,
    AwardSupplier,
    ContractAmendment,
    ContractPage,
    ContractSupplier,
    NoticeAmendment,
    NoticePage,
)
from tests.conftest import SHARED
from tests.office import fresh
from tests.pages.samples import plan_entry, procurement_forms, publish, summary_row
from tests.procurement_forms.pages import corrected, live_month, many, month

pytestmark = pytest.mark.django_db
RELEASES, RECORDS = "/procurement/ocds/releases.json", "/procurement/ocds/records.json"
REGISTERED = {"prefix": "ocds-bq4ldt"}


def package(client: Any, url: str = RELEASES) -> dict[str, Any]:
    answer = client.get(url)
    assert answer.status_code == 200, url
    return answer.json()


def tags(client: Any) -> list[list[str]]:
    return [release["tag"] for release in package(client)["releases"]]


def compiled(client: Any, key: str) -> dict[str, Any]:
    return package(client, f"/procurement/ocds/records/ocds-000000-{key}.json")["records"][0][
        "compiledRelease"
    ]


def test_a_live_summary_is_told_and_a_draft_is_not(client, office):
    page = month(office)
    assert package(client)["releases"] == []
    publish(office, page)
    told = package(client)["releases"]
    assert [one["tag"] for one in told] == [["tender", "award", "contract"]] * 2
    assert all(map(is_untouched, told))
    assert {one["ocid"] for one in told} == {"ocds-000000-69109000101", "ocds-000000-69109000102"}


def test_a_correction_makes_one_further_release_of_what_changed(client, office):
    page = live_month(office)
    first = package(client)["releases"]

    def change(rows: list[Any]) -> None:
        rows[0].selected[0]["price"] = "9300.00"

    page = corrected(office, page, change)
    assert package(client)["releases"] == first, "not before it is approved"
    publish(office, page)
    told = package(client)["releases"]
    assert told[:2] == first
    assert [one["tag"] for one in told[2:]] == [["awardUpdate", "contractUpdate"]]
    assert told[2]["awards"][0]["value"]["amount"] == 9300
    assert compiled(client, "69109000101")["contracts"][0]["value"]["amount"] == 9300


def test_what_a_correction_takes_out_is_cancelled_and_not_dropped(client, office):
    page = live_month(office)
    page = corrected(office, page, lambda rows: rows.pop())
    publish(office, page)
    told = package(client)["releases"]
    assert len(told) == 3
    assert set(told[2]["tag"]) >= {"tenderCancellation", "awardCancellation"}
    record = compiled(client, "69109000102")
    assert record["tender"]["status"] == "cancelled"
    assert {one["status"] for one in (*record["awards"], *record["contracts"])} == {"cancelled"}
    before = {key: value for key, value in told[1]["awards"][0].items() if key != "status"}
    after = {key: value for key, value in told[2]["awards"][0].items() if key != "status"}
    assert before == after, "nothing but the status differs"


def test_a_bidder_whose_name_was_wrong_is_taken_back(client, office):
    page = live_month(office)

    def rename(rows: list[Any]) -> None:
        rows[0].bidders[1]["name"] = "บริษัท ชื่อที่ถูก จำกัด"

    publish(office, corrected(office, page, rename))
    tender = compiled(client, "69109000101")["tender"]
    assert tender["numberOfTenderers"] == 2
    assert [one["name"] for one in tender["tenderers"] if "name" in one] == [
        "หจก. ตัวอย่าง ก",
        "บริษัท ชื่อที่ถูก จำกัด",
    ]


def test_plan_notice_award_contract_and_summary_are_one_process(client, office):
    for page in procurement_forms(office):
        publish(office, page)
    stage = {"project_number": "69109000001", "plan_code": "P69100000001"}
    row = summary_row(
        work="ซื้อเครื่องคอมพิวเตอร์",
        method="e-bidding",
        budget=Decimal("1500000.00"),
        bidders=1,
        selected=[{"name": "บริษัท ตัวอย่าง จำกัด", "price": "1450000.00"}],
        contracts=[{"number": "ซ 12/2570", "signed_on": "2026-11-02"}],
        project_number=stage["project_number"],
    )
    row.bidders = [{"name": "บริษัท ตัวอย่าง จำกัด", "price": "1450000.00"}]
    live_month(office, rows=[row], month=11)
    record = compiled(client, "P69100000001")
    assert record["planning"]["budget"]["amount"]["amount"] == 1500000
    assert record["tender"]["status"] == "complete"
    assert record["tender"]["tenderPeriod"]["endDate"] == "2026-10-19T16:00:00+07:00"
    assert len(record["awards"]) == len(record["contracts"]) == 1, "one award on three pages"
    assert record["awards"][0]["date"] == "2026-10-26T00:00:00+07:00"
    assert record["awards"][0]["description"] == "ราคาต่ำสุด"
    assert record["contracts"][0]["awardID"] == record["awards"][0]["id"]
    process = KnownProcess.objects.get(key="P69100000001")
    assert process.project_number == stage["project_number"]
    assert [json.loads(one.body)["tag"] for one in process.releases.all()] == [
        ["planning"],
        ["tender"],
        ["award"],
        ["contract"],
        ["tenderUpdate", "awardUpdate"],
    ]


def test_what_left_the_public_is_in_no_package(client, office):
    page = live_month(office)
    assert len(package(client)["releases"]) == 2
    withdrawals.take_down(page, office["publisher.web"], reason="ลงผิดเดือน")
    assert package(client)["releases"] == []
    assert package(client, RECORDS)["records"] == []
    assert client.get("/procurement/ocds/records/ocds-000000-69109000101.json").status_code == 404
    assert "69109000101" not in client.get("/procurement/ocds/").content.decode()


def test_what_is_still_live_is_told_anew_when_another_page_leaves(client, office):
    firm = {"name": "หจก. ตัวอย่าง ก", "price": Decimal("9400.00")}
    stage = {"project_number": "69109000101"}
    contract = publish(
        office,
        office.draft(
            ContractPage,
            title="สัญญา",
            number="จ 1/2570",
            signed_on="2026-10-12",
            suppliers=[ContractSupplier(**firm)],
            **stage,
        ),
    )
    live_month(office, rows=[summary_row()])
    withdrawals.take_down(fresh(contract), office["publisher.web"], reason="ลงผิด")
    record = compiled(client, "69109000101")
    assert record["contracts"][0]["value"]["amount"] == 9400
    assert record["contracts"][0]["status"] == "active"
    assert package(client)["releases"][-1]["tag"] == ["tender", "award", "contract"]


def test_a_hidden_version_takes_its_release_along_and_the_rest_is_told_anew(client, office):
    def change(rows: list[Any]) -> None:
        rows[0].reason = "เหตุผลใหม่"

    page = live_month(office, rows=[summary_row(reason="เหตุผลที่ต้องปิด")])
    page = publish(office, corrected(office, page, change))
    assert "เหตุผลที่ต้องปิด" in client.get(RELEASES).content.decode()
    hide_version(page, office["publisher.web"], number=1, reason="มีข้อมูลที่ไม่ควรเปิดเผย")
    text = client.get(RELEASES).content.decode()
    assert "เหตุผลที่ต้องปิด" not in text
    assert "เหตุผลใหม่" in text
    assert compiled(client, "69109000101")["contracts"][0]["status"] == "active"


def test_a_release_is_neither_changed_nor_deleted(office):
    live_month(office)
    kept = KeptRelease.objects.first()
    kept.body = "{}"
    with pytest.raises(AppendOnlyError):
        kept.save()
    with pytest.raises(AppendOnlyError):
        kept.delete()
    with pytest.raises(AppendOnlyError):
        KeptRelease.objects.all().delete()
    with pytest.raises(Exception, match="evidence is written once"), connection.cursor() as cursor:
        cursor.execute("UPDATE otp_policy_procurement_keptrelease SET body = '{}'")


def test_a_draft_says_so_and_a_registered_prefix_tells_all_anew(client, office):
    live_month(office)
    answer = client.get(RELEASES)
    assert answer["X-OCDS-Draft"] == "1"
    assert answer.json()["publisher"]["name"].startswith("ร่าง (draft): ")
    assert "ฉบับร่าง" in client.get("/procurement/ocds/").content.decode()
    assert "This is a draft" in client.get("/en/procurement/ocds/").content.decode()
    with override_settings(OTP_POLICY_OCDS=REGISTERED):
        assert package(client)["releases"] == []
        assert tell_all() == 2
        assert tell_all() == 0
        answer = client.get(RELEASES)
        assert "X-OCDS-Draft" not in answer
        assert "draft" not in answer.json()["publisher"]["name"]
        assert {one["ocid"][:11] for one in answer.json()["releases"]} == {"ocds-bq4ldt"}
        assert "This is a draft" not in client.get("/en/procurement/ocds/").content.decode()


def test_packages_are_read_by_programs_and_asked_for_again_cheaply(client, office):
    live_month(office)
    for url in (RELEASES, RECORDS, "/procurement/ocds/releases/2570.json"):
        answer = client.get(url)
        assert answer["Content-Type"] == "application/json"
        assert answer["Access-Control-Allow-Origin"] == "*"
        again = client.get(url, headers={"If-None-Match": answer["ETag"]})
        assert again.status_code == 304
        assert again.content == b""
        assert client.get(url).content == answer.content, "the same until there is news"
    assert client.get("/procurement/ocds/releases/2560.json").status_code == 404
    assert client.options(RELEASES).status_code == 204
    assert client.post(RELEASES).status_code == 405


def test_the_index_links_every_package_in_both_languages(client, office):
    live_month(office)
    for url in ("/procurement/ocds/", "/en/procurement/ocds/"):
        text = client.get(url).content.decode()
        for address in (RELEASES, RECORDS, "/procurement/ocds/records/2570.json"):
            assert f'href="{address}"' in text
            assert client.get(address).status_code == 200


def contract(office: Any, **more: Any) -> Any:
    firm = {"name": "หจก. ตัวอย่าง ก", "price": Decimal("9400.00")}
    usual = {"title": "สัญญา", "number": "จ 1/2570", "signed_on": "2026-10-12"}
    stage = {"project_number": "69109000101", "suppliers": [ContractSupplier(**firm)]}
    return office.draft(ContractPage, **{**usual, **stage, **more})


def amended(office: Any, page: Any, amendments: list[Any], **fields: Any) -> Any:
    """Publish a correction of *page* with these amendments and fields."""
    draft = fresh(page).get_latest_revision_as_object()
    draft.amendments.set(amendments)
    for name, value in fields.items():
        setattr(draft, name, value)
    draft.correction_note = f"{draft.correction_note} แก้ไขสัญญา"[-900:]
    draft.save_revision(user=office["pr.division-a"])
    return publish(office, fresh(page))


LONGER = {
    "on": date(2026, 11, 20),
    "rationale": "ขยายเวลาเพราะน้ำท่วม",
    "description": "จาก 30 วัน เป็น 60 วัน",
}


def test_an_amended_contract_is_told_with_its_reason_and_what_it_amends(client, office):
    page = publish(office, contract(office, ends_on=date(2026, 11, 30)))
    first = package(client)["releases"][0]
    assert "amendments" not in first["contracts"][0]
    page = amended(office, page, [ContractAmendment(**LONGER)], ends_on=date(2026, 12, 30))
    second = package(client)["releases"][1]
    assert second["tag"] == ["contractAmendment"]
    assert second["contracts"][0]["amendments"] == [
        {
            "id": "amendment-1",
            "date": "2026-11-20T00:00:00+07:00",
            "rationale": "ขยายเวลาเพราะน้ำท่วม",
            "description": "จาก 30 วัน เป็น 60 วัน",
            "amendsReleaseID": first["id"],
        }
    ]
    told = client.get(page.url).content.decode()
    assert "ขยายเวลาเพราะน้ำท่วม" in told
    # A second one amends the release of then; a slip that is mended amends nothing.
    more = ContractAmendment(on=date(2026, 12, 1), rationale="เพิ่มงาน")
    page = amended(office, page, [ContractAmendment(**LONGER), more], ends_on=date(2027, 1, 30))
    page = amended(office, page, list(fresh(page).amendments.all()), ends_on=date(2027, 1, 31))
    third, fourth = package(client)["releases"][2:]
    assert (third["tag"], fourth["tag"]) == (["contractAmendment"], ["contractUpdate"])
    assert [one["amendsReleaseID"] for one in third["contracts"][0]["amendments"]] == [
        first["id"],
        second["id"],
    ]
    assert len(compiled(client, "69109000101")["contracts"][0]["amendments"]) == 2


def test_an_amendment_that_was_told_is_not_dropped(client, office, caplog):
    page = publish(office, contract(office))
    page = amended(office, page, [ContractAmendment(**LONGER)], ends_on=date(2026, 12, 30))
    amended(office, page, [], ends_on=date(2026, 12, 31))
    assert "cannot be told" not in caplog.text
    assert len(package(client)["releases"]) == 3
    assert len(compiled(client, "69109000101")["contracts"][0]["amendments"]) == 1


def test_what_a_page_without_amendments_tells_later_keeps_those_of_another(client, office, caplog):
    page = publish(office, contract(office))
    amended(office, page, [ContractAmendment(**LONGER)], ends_on=date(2026, 12, 30))
    live_month(office, rows=[summary_row()])
    assert "cannot be told" not in caplog.text
    assert len(compiled(client, "69109000101")["contracts"][0]["amendments"]) == 1


def test_an_amended_invitation_is_told_as_one(client, office):
    stage = {"project_number": "69109000102", "method": "e-bidding", "title": "ประกาศ"}
    page = publish(office, office.draft(NoticePage, **stage))
    amended(office, page, [NoticeAmendment(**LONGER)], reference_price=Decimal("20000.00"))
    releases = package(client)["releases"]
    assert [one["tag"] for one in releases] == [["tender"], ["tenderAmendment"]]
    assert releases[1]["tender"]["amendments"][0]["amendsReleaseID"] == releases[0]["id"]
    withdrawn = fresh(page)
    withdrawals.take_down(withdrawn, office["publisher.web"], reason="ลงผิด")
    assert package(client)["releases"] == []


def test_a_page_without_amendments_keeps_the_digest_that_was_approved(office):
    page = contract(office)
    names = type(page).governed_fields()
    assert "amendments" in names
    assert "amendments" in later_fields(type(page))


REFUSED = {
    "th": "เลขทะเบียนนิติบุคคลไม่ถูกต้อง",
    "en": "A registration number is none",
}


@pytest.mark.parametrize("language", ["th", "en"])
def test_what_cannot_be_told_is_told_to_the_unit_that_owns_it(office, language):
    suppliers = [
        ContractSupplier(name=f"หจก. {number}", registration_number="12", price=Decimal(1))
        for number in range(2)
    ]
    page = publish(office, contract(office, title="สัญญา 100%", suppliers=suppliers))
    notices = Notice.objects.filter(what="od_registration_number_malformed")
    assert {one.recipient.username for one in notices} == {"pr.division-a"}
    notice = notices.get()
    assert (notice.page_id, notice.mail) == (page.pk, "owed")
    with override(language):
        said = sentence_of(notice, {})
    assert "“สัญญา 100%”" in said
    assert REFUSED[language] in said
    # Told once for a publication, however often it is tried.
    tell_all()
    assert notices.count() == 1


def test_every_reason_fits_what_a_notice_keeps(office):
    register_sentences()
    longest = Notice._meta.get_field("what").max_length
    codes = [code for code in SENTENCES if code.startswith("od_")]
    assert len(codes) > 15
    assert max(map(len, codes)) <= longest


def test_what_cannot_be_told_keeps_nothing_from_going_live(client, office, caplog):
    page = office.draft(
        AwardPage,
        title="ผล",
        project_number="69109000009",
        awarded_on="2026-10-26",
        suppliers=[AwardSupplier(name="หจก. ก", registration_number="12", price=Decimal(1))],
    )
    page = publish(office, page)
    assert page.live
    assert "69109000009 cannot be told" in caplog.text
    assert package(client)["releases"] == []


def test_many_rows_are_told_with_few_queries(client, office):
    counts = []
    for number, size in ((1, 3), (2, 60)):
        page = month(office, rows=many(size, first=100 * number), month=number)
        office.agree(page)
        office.approve(page)
        with CaptureQueriesContext(connection) as asked:
            publish_due()
        told = [one for one in asked if "keptrelease" in one["sql"]]
        counts.append(len(told))
    assert counts[0] == counts[1]
    assert len(package(client)["releases"]) == 63


@pytest.mark.shared
def test_packages_are_valid_by_the_official_schema(client, office):
    from tests.procurement.processes import additional_errors, schema_errors

    assert SHARED.is_dir()
    for page in procurement_forms(office):
        publish(office, page)
    stage = {"project_number": "69109000102", "is_cancelled": True}
    publish(office, office.draft(NoticePage, title="ยกเลิก", method="e-bidding", **stage))
    publish(office, office.draft(AnnualPlanPage, fiscal_year=2571, rows=[plan_entry("P2")]))
    releases, records = package(client), package(client, RECORDS)
    assert len(releases["releases"]) >= 7
    assert schema_errors(releases, "release-package-schema.json") == []
    assert schema_errors(records, "record-package-schema.json") == []
    for release in releases["releases"]:
        assert additional_errors(release) == []
