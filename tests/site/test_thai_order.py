"""Sorting on SQLite and on PostgreSQL is the same, by the Thai alphabet of ICU."""

import sqlite3

import psycopg
import pytest

from otp_policy.thai_order import compare_thai
from otp_policy.wagtail.ordering import COLLATION

LINES = (
    "กฎ กฎหมาย กรม กระทรวง กลุ่ม กอง กอง ก กองทุน การค้า การเงิน เกษตร แก ไก ไกล ขนส่ง ขอ",
    "ข้อ ข้อมูล ข่าว ข่าวสาร เขต แขวง คณะ ความ คู่มือ โครงการ โครงสร้าง งบประมาณ เงิน",
    "จัดซื้อ จัดจ้าง เจตจำนง ชำระ ฐาน ดี ตรวจ ตำบล ติดต่อ ถนน ทำ ที่ ธุรกิจ นโยบาย น้ำ",
    "น้ำมัน นาม เนื้อหา แนวทาง ใน บริหาร ประกาศ ประชา ประชาสัมพันธ์ ป่า ป้า ปา ปี ปี่ แผน",
    "แผนงาน ผู้ ผู้บริหาร ฝ่าย พันธกิจ เพื่อ ไฟ ภาค มาตรการ เมือง ยุทธศาสตร์ รายงาน ราย",
    "ร้าย แรง โรง ลด วิสัยทัศน์ เวลา เว็บไซต์ ศูนย์ สถิติ ส่วน สำนัก สำนักงาน สินค้า",
    "เศรษฐกิจ หนังสือ หน่วย แหล่ง ให้ ใหม่ ไหม อำนาจ อำเภอ อื่นๆ เอกสาร ฮา",
)
WORDS = [word for line in LINES for word in line.split()]


@pytest.fixture(scope="module")
def on_sqlite():
    connection = sqlite3.connect(":memory:")
    connection.create_collation(COLLATION, compare_thai)
    return connection


def test_both_databases_sort_alike(on_sqlite, postgres_url):
    values = ", ".join(["(?)"] * len(WORDS))
    ours = on_sqlite.execute(
        f'SELECT column1 FROM (VALUES {values}) ORDER BY column1 COLLATE "{COLLATION}", column1',
        WORDS,
    ).fetchall()
    with psycopg.connect(postgres_url) as connection:
        icu = connection.execute(
            f'SELECT word FROM unnest(%s::text[]) word ORDER BY word COLLATE "{COLLATION}", word',
            [WORDS],
        ).fetchall()
    assert [word for (word,) in ours] == [word for (word,) in icu]
