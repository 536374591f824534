"""For every kind a clean delivery, and for every rule on rows a row that breaks it.

Add a kind's row maker and a line for each new rule on rows here. Rules as SQL across rows and
deliveries are broken in ``judgement``; rules about the file as a whole need no rows.
"""

from __future__ import annotations

from collections.abc import Callable

from deliver import (
    Row,
    building,
    case,
    change,
    code,
    danger,
    inspection,
    plate,
    report_row,
)


def town_report(number: int) -> Row:
    """Return a monthly report's row of a town, clean."""
    return report_row("gusu", town=f"第{number}街道")


#: How to make a clean row of each kind, from a number that no other row of the delivery has.
MAKERS: dict[str, Callable[[int], Row]] = {
    "monthly_report": town_report,
    "building_survey": building,
    "building_changes": change,
    "alteration_cases": case,
    "danger_cases": danger,
    "quality_inspection": inspection,
    "building_codes": code,
    "doorplates": plate,
}

CLEAN: dict[str, list[Row]] = {
    kind: [make(number) for number in range(1, 4)] for kind, make in MAKERS.items()
} | {
    "monthly_report": [report_row("gusu")],
    # the third code follows the second, which is retired
    "building_codes": [
        code(1),
        code(2, valid_to="2022-08-31"),
        code(3, valid_from="2022-09-01", previous_code="FM0000000002"),
    ],
}

#: What turns the clean inspection into one that was not passed.
FAILED_INSPECTION: Row = {
    "conclusion": "不通过",
    "issue_types": "完整性",
    "rectify_by": "2022-11-30",
}

#: The number from which the broken rows are made, one a rule, in the order of the rules.
FIRST_BROKEN = 100

#: For each rule on rows: what is wrong with one row, and the field the finding points to.
BREAKS: dict[str, tuple[Row, str]] = {
    "MR-101": ({"verified_count": None}, "verified_count"),
    "MR-102": ({"verified_count": "约三十"}, "verified_count"),
    "MR-103": ({"completed_count": -1}, "completed_count"),
    "MR-104": ({"district": "吴江区"}, "district"),
    # the town of the first row that breaks a rule: the clean report names none
    "MR-133": ({"town": "第二十街道"}, "town"),
    "MR-201": ({"town": f"第{FIRST_BROKEN}街道"}, "town"),
    "MR-203": ({"surveyed_floor_area_10k_m2": 76582700.0}, "surveyed_floor_area_10k_m2"),
    "BS-101": ({"building_id": None}, "building_id"),
    "BS-102": ({"floor_area_m2": None}, "floor_area_m2"),
    "BS-103": ({"floor_area_m2": "不详㎡"}, "floor_area_m2"),
    "BS-104": ({"floor_area_m2": 0}, "floor_area_m2"),
    "BS-105": ({"survey_status": "查过了"}, "survey_status"),
    "BS-106": ({"district": "上海市"}, "district"),
    "BS-107": ({"building_id": "32050800000001"}, "building_id"),
    "BS-108": ({"surveyed_on": "2022-11-01"}, "surveyed_on"),
    "BS-111": ({"town": None}, "town"),
    "BS-112": ({"floors_above": "三层"}, "floors_above"),
    "BS-113": ({"use": "住人"}, "use"),
    "BS-114": ({"is_altered": "是", "altered_on": "2023-01-01"}, "altered_on"),
    "BS-115": ({"floor_area_m2": 2000000}, "floor_area_m2"),
    "BS-116": ({"floors_above": 400}, "floors_above"),
    "BS-117": ({"town": "震泽镇"}, "town"),
    "BS-151": ({"building_id": "3.20508E+13"}, "building_id"),
    "BS-201": ({"surveyed_on": None}, "surveyed_on"),
    "BS-202": ({"structure_type": "其他"}, "structure_note"),
    "BS-203": ({"structure_note": "竹"}, "structure_note"),
    "BS-204": ({"survey_status": "无需排查"}, "no_survey_reason"),
    "BS-205": ({"no_survey_reason": "已拆"}, "no_survey_reason"),
    "BS-206": ({"is_altered": "是"}, "altered_on"),
    "BS-207": ({"altered_on": "2020-01-01"}, "altered_on"),
    "BS-208": ({"appraisal_grade": "D"}, "appraised_on"),
    "BS-209": ({"initial_risk": "重大隐患"}, "hazard_due_on"),
    "BS-210": ({"hazard_due_on": "2022-12-01"}, "hazard_due_on"),
    "BS-211": ({"built_year": 2023}, "surveyed_on"),
    "BS-212": ({"height_m": 90}, "height_m"),
    "BS-213": ({"floor_area_m2": 7.9}, "floor_area_m2"),
    "BC-101": ({"change_type": None}, "change_type"),
    "BC-102": ({"changed_on": "十月"}, "changed_on"),
    "BC-103": ({"change_type": "消失"}, "change_type"),
    "BC-104": ({"district": "吴江区"}, "district"),
    "BC-105": ({"changed_on": "2022-11-02"}, "changed_on"),
    "BC-106": ({"change_id": "BG00001"}, "change_id"),
    "BC-151": ({"change_id": "=1+1"}, "change_id"),
    "BC-152": ({"old_building_id": "同上"}, "old_building_id"),
    "BC-201": ({"old_building_id": None}, "old_building_id"),
    "BC-202": ({"change_type": "新增", "new_building_id": "32050800000009"}, "old_building_id"),
    "BC-203": ({"change_type": "合并"}, "new_building_id"),
    "BC-204": ({"new_building_id": "32050800000009"}, "new_building_id"),
    "BC-205": ({"basis": None}, "basis"),
    "AC-101": ({"received_on": None}, "received_on"),
    "AC-102": ({"received_on": "上旬"}, "received_on"),
    "AC-103": ({"source_channel": "网上"}, "source_channel"),
    "AC-104": ({"district": "吴江区"}, "district"),
    "AC-105": ({"received_on": "2022-11-03"}, "received_on"),
    "AC-106": ({"case_id": "GS202200001"}, "case_id"),
    "AC-111": ({"ordered_on": "随后"}, "ordered_on"),
    "AC-112": ({"alteration_type": "敲墙"}, "alteration_type"),
    "AC-113": ({"ordered_on": "2022-11-20"}, "ordered_on"),
    "AC-114": ({"address": None}, "address"),
    "AC-115": ({"town": "不存在街道"}, "town"),
    "AC-151": ({"case_id": "同上"}, "case_id"),
    "AC-152": ({"building_id": "见附件"}, "building_id"),
    "AC-201": ({"verified_on": "2022-10-09"}, "verification_result"),
    "AC-202": ({"completed_on": "2022-10-20"}, "resolution"),
    "AC-203": ({"withdrawn_on": "2022-10-20"}, "withdrawal_reason"),
    "AC-204": (
        {"verified_on": "2022-10-09", "verification_result": "重复受理"},
        "duplicate_of",
    ),
    "AC-205": ({"duplicate_of": "GS202200001"}, "duplicate_of"),
    "AC-206": ({"completed_on": "2022-10-20", "resolution": "移送"}, "transferred_on"),
    "AC-207": ({"transferred_on": "2022-10-20"}, "transferred_on"),
    "AC-208": ({"completed_on": "2022-10-20", "resolution": "加固"}, "completed_on"),
    "AC-209": ({"ordered_on": "2022-10-20"}, "ordered_on"),
    "AC-211": (
        {"verified_on": "2022-10-01", "verification_result": "属实"},
        "verified_on",
    ),
    "AC-212": (
        {"verified_on": "2022-10-19", "verification_result": "属实", "ordered_on": "2022-10-18"},
        "ordered_on",
    ),
    "AC-213": (
        {
            "verified_on": "2022-10-19",
            "verification_result": "属实",
            "completed_on": "2022-10-18",
            "resolution": "加固",
        },
        "completed_on",
    ),
    "AC-214": ({"withdrawn_on": "2022-10-01", "withdrawal_reason": "误报"}, "withdrawn_on"),
    "AC-215": ({"reopened_on": "2022-10-01"}, "reopened_on"),
    "AC-216": (
        {
            "verified_on": "2022-10-15",
            "verification_result": "属实",
            "ordered_on": "2022-10-20",
            "completed_on": "2022-10-18",
            "resolution": "加固",
        },
        "completed_on",
    ),
    "AC-217": (
        {
            "verified_on": "2022-10-19",
            "verification_result": "属实",
            "completed_on": "2022-10-20",
            "resolution": "移送",
            "transferred_on": "2022-10-18",
        },
        "transferred_on",
    ),
    "DC-101": ({"found_on": None}, "found_on"),
    "DC-102": ({"appraisal_no": "首次"}, "appraisal_no"),
    "DC-103": ({"district": "吴江区"}, "district"),
    "DC-104": ({"found_on": "2022-11-01"}, "found_on"),
    "DC-105": ({"danger_case_id": "WF00001"}, "appraisal_no"),
    "DC-111": ({"lead_unit": None}, "lead_unit"),
    "DC-112": ({"due_on": "年底"}, "due_on"),
    "DC-113": ({"found_by": "听说"}, "found_by"),
    "DC-114": ({"last_patrol_on": "2022-11-02"}, "last_patrol_on"),
    "DC-115": ({"appraisal_no": -1}, "appraisal_no"),
    "DC-116": ({"town": "震泽镇"}, "town"),
    "DC-151": ({"danger_case_id": "#N/A"}, "danger_case_id"),
    "DC-152": ({"building_id": "3.20508E+13"}, "building_id"),
    "DC-201": ({"appraisal_grade": None}, "appraisal_grade"),
    "DC-202": ({"closed_on": "2022-10-20"}, "closed_reason"),
    "DC-203": ({"appraiser": None}, "appraiser"),
    "DC-204": ({"appraisal_no": 0}, "appraised_on"),
    "DC-205": ({"closed_on": "2022-10-20", "closed_reason": "消险"}, "accepted_on"),
    "DC-206": (
        {"treatment": None, "interim_control": "封闭", "accepted_on": "2022-10-20"},
        "accepted_on",
    ),
    "DC-207": ({"due_on": None}, "due_on"),
    "DC-208": ({"appraisal_grade": "D"}, "interim_control"),
    "DC-209": ({"is_monitored": "是"}, "monitor_unit"),
    "DC-210": ({"monitor_unit": "某监测公司"}, "monitor_unit"),
    "DC-211": ({"appraised_on": "2022-09-04"}, "appraised_on"),
    "DC-212": ({"treatment_started_on": "2022-09-11"}, "treatment_started_on"),
    "DC-213": ({"accepted_on": "2022-09-19"}, "accepted_on"),
    "DC-214": (
        {"accepted_on": "2022-10-20", "closed_on": "2022-10-19", "closed_reason": "消险"},
        "closed_on",
    ),
    "DC-215": ({"closed_on": "2022-09-04", "closed_reason": "误报"}, "closed_on"),
    "DC-216": ({"due_on": "2022-09-19"}, "due_on"),
    "DC-217": ({"appraisal_no": 0}, "treatment"),
    "DC-218": ({"closed_on": "2022-09-11", "closed_reason": "误报"}, "closed_on"),
    "DC-219": ({"last_patrol_on": "2022-09-04"}, "last_patrol_on"),
    "QI-101": ({"building_id": None}, "building_id"),
    "QI-102": ({"floor_area_m2": "不详㎡"}, "floor_area_m2"),
    "QI-103": ({"conclusion": "基本通过"}, "conclusion"),
    "QI-104": ({"district": "上海市"}, "district"),
    "QI-105": ({"inspected_on": "2022-11-01"}, "inspected_on"),
    "QI-106": ({"inspection_id": "CJ00001"}, "round"),
    "QI-107": ({"floor_area_m2": 0}, "floor_area_m2"),
    "QI-111": ({"contractor": None}, "contractor"),
    "QI-112": (FAILED_INSPECTION | {"rectify_by": "年底"}, "rectify_by"),
    "QI-113": (FAILED_INSPECTION | {"rectified_on": "2022-11-01"}, "rectified_on"),
    "QI-151": ({"inspection_id": "〃"}, "inspection_id"),
    "QI-152": ({"building_id": "12"}, "building_id"),
    "QI-201": ({"conclusion": None}, "conclusion"),
    "QI-202": (FAILED_INSPECTION | {"issue_types": None}, "issue_types"),
    "QI-203": ({"issue_types": "完整性"}, "issue_types"),
    "QI-204": (FAILED_INSPECTION | {"rectify_by": "2022-09-19"}, "rectify_by"),
    "QI-205": (FAILED_INSPECTION | {"rectified_on": "2022-09-19"}, "rectified_on"),
    "QI-206": ({"building_id": "32050800000001"}, "building_id"),
    "QI-207": ({"replaces_building_id": "32050800000999"}, "replacement_reason"),
    "CO-101": ({"scheme": None}, "scheme"),
    "CO-102": ({"building_code": "FM0000000001"}, "building_code"),
    "CO-103": ({"district": "上海市"}, "district"),
    "CO-104": ({"valid_from": "去年"}, "valid_from"),
    "CO-105": ({"address": None}, "address"),
    "CO-106": ({"valid_to": "2022-11-01"}, "valid_to"),
    "CO-107": ({"town": "不存在镇"}, "town"),
    "CO-151": ({"building_code": "同上"}, "building_code"),
    "CO-152": ({"previous_code": "见附件"}, "previous_code"),
    "CO-201": ({"valid_to": "2021-02-28"}, "valid_to"),
    "CO-202": ({"previous_code": "FM0000000002"}, "previous_code"),
    "DP-101": ({"standard_address": None}, "standard_address"),
    "DP-102": ({"doorplate_code": "MP0000000001"}, "doorplate_code"),
    "DP-103": ({"district": "上海市"}, "district"),
    "DP-104": ({"valid_from": "去年"}, "valid_from"),
    "DP-105": ({"road": None}, "road"),
    "DP-106": ({"valid_to": "2022-11-01"}, "valid_to"),
    "DP-107": ({"town": "不存在镇"}, "town"),
    "DP-151": ({"doorplate_code": "同上"}, "doorplate_code"),
    "DP-201": ({"valid_to": "2019-05-31"}, "valid_to"),
}
