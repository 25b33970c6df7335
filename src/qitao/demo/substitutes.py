"""Substitute groups: which part may stand in for which, for whom, and which must not although it would fit."""

from __future__ import annotations

from decimal import Decimal

from qitao.demo import story
from qitao.demo.design import Design
from qitao.exchange.dataset import Substitute

GROUPS = (
    # component, substitute, parent ("" = every), ratio, priority, approved, note
    ("KLP7310", "KLP7312", "", "1", 1, True, "频率更高，兼容"),
    ("KLP6110", "KLP6118", "", "1", 2, False, "频率不同，需重测 EMI"),
    ("TVN6010Q", "TVN1008Q", "", "1", 1, True, "耐压更高"),
    ("TVN7N65F", "TVN10N65F", "", "1", 1, True, "电流更大，同封装"),
    ("TVN10N65F", "TVN12S65F", "", "1", 1, True, "超结，内阻更低"),
    ("TVN12S65F", "TVN10N65F", "", "1", 3, False, "温升不足"),
    ("TVN8003T", "TVN1005T", "", "1", 1, True, "耐压更高"),
    ("SDKABS10", "SDKABS210", "", "1", 1, True, "电流更大"),
    ("SDKABS210", "SDKYBS3010", "", "1", 2, False, "封装高度不同"),
    ("SDKGBU406", "SDKGBU608", "", "1", 1, True, "电流更大"),
    ("SDKGBU608", "SDKGBU808", "", "1", 1, True, "电流更大"),
    ("SDK34", "SDK36", "", "1", 1, True, "耐压更高"),
    ("SDKUS1J", "SDKES1J", "", "1", 1, True, "恢复更快"),
    ("SDKRS1M", "SDKRS2M", "", "1", 1, True, "电流更大"),
    ("SDK817D", "SDK1010S", "", "1", 9, False, "封装不同"),
    ("ORM3133", "ORM3145", "SM-GC030A", "1", 2, True, "双口芯片单口用，仅此板验证"),
    ("ORM3145", "ORM3133", "", "1", 9, False, "只有单口"),
    ("YHC32F030K6", "YHC32F030C8", "", "1", 9, False, "封装不同，需改板"),
    ("TVN65G240Q", "TVN65G150Q", "SM-GC045A", "1", 2, True, "内阻更低，成本高"),
    ("TVN65G365Q", "TVN65G240Q", "", "1", 9, False, "封装不同"),
    ("EC-400V-82U-18X25", "EC-400V-100U-18X30", "PA-AD065A", "1", 2, True, "高度允许"),
    ("EC-400V-15U-10X16", "EC-400V-22U-10X20", "", "1", 2, False, "高度超限"),
    ("EC-400V-10U-10X13", "EC-400V-15U-10X16", "PA-LD018A", "1", 1, True, "高度允许"),
    ("EC-25V-470U-8X16", "EC-35V-470U-10X16", "PA-AD012A", "1", 2, True, "直径 10 可插"),
    ("PC-25V-560U-8X12", "PC-25V-680U-8X14", "", "1", 1, True, "容量更大，高度允许"),
    ("PC-25V-330U-8X9", "PC-25V-470U-8X12", "", "1", 2, True, "高度允许"),
    ("YC-1N0-Y1", "YC-2N2-Y1", "", "1", 9, False, "漏电流超标"),
    ("XC-0U1-275-P10", "XC-0U22-275-P10", "", "1", 2, True, "同脚距"),
    ("FU-T2A-250", "FU-T3A15-250", "", "1", 9, False, "安规不允许"),
    ("UC-6P-V", "UC-16P-SMT", "", "1", 9, False, "封装不同"),
    ("XT3225-25M", "XT2016-27M", "", "1", 9, False, "频率不同"),
    ("NT0603-10K", "NT0603-100K", "", "1", 9, False, "阻值不同"),
    ("TW-TEX-0.30", "TW-TEX-0.35", "", "1", 1, True, "窗口允许"),
    ("TW-TEX-0.40", "TW-TEX-0.50", "TX-GC030A", "1", 2, True, "仅 EE19 验证"),
    ("EW-2UEW-0.25", "EW-2UEW-0.30", "", "1.44", 2, True, "截面积折算"),
    ("MT-PET-10", "MT-PET-16", "", "1", 2, True, "可裁切"),
    ("TP-1.0-20X20", "TP-1.5-40X30", "", "0.5", 3, True, "一片裁两片"),
    ("IS-PC-0.4A", "IS-PC-0.4B", "", "1", 2, True, "可裁切"),
    ("HK-CU-40X30", "HK-CU-60X35", "", "1", 3, True, "可裁切，成本高"),
    ("SC-PT3.0X10", "SC-PT3.0X16", "", "1", 9, False, "过长"),
    ("SC-PT2.6X8", "SC-PT3.0X10", "", "1", 9, False, "会撑裂柱位"),
    ("CTN-K1", "CTN-K2", "", "1", 2, True, "稍大，加隔层"),
    ("CTN-K2", "CTN-K3", "", "1", 2, True, "稍大，加隔层"),
    ("PB-PE-8X12", "PB-PE-12X18", "", "1", 1, True, ""),
    ("PB-PE-12X18", "PB-PE-20X40", "", "1", 3, True, ""),
    ("PR-WARRANTY-CN", "PR-WARRANTY-EN", "", "1", 9, False, "语种不同"),
    ("UL1015-16-BU", "UL1015-16-YE", "", "1", 9, False, "颜色关系安规"),
    ("HBT-5G-0.15", "HBT-10G-0.15", "", "1", 1, True, "规格更高"),
    ("DS-SILICA-5G", "EP-PEARL-40", "", "1", 9, False, "不可替代"),
)  # fmt: skip


def substitutes(plan: Design) -> list[Substitute]:
    """List the story's substitutes, the groups above, and what follows from a series' values."""
    rows = list(story.SUBSTITUTES)
    for component, substitute, parent, ratio, priority, approved, note in GROUPS:
        rows.append(
            Substitute(
                component=component,
                substitute=substitute,
                parent=parent,
                ratio=Decimal(ratio),
                priority=priority,
                approved=approved,
                note=note,
            )
        )
    rows += _closer_tolerance(plan)
    rows += _old_boards(plan)
    return rows


def _closer_tolerance(plan: Design) -> list[Substitute]:
    """A 1 % resistor may stand in for the 5 % one of the same value and package."""
    loose = [code for code in plan.parts if code.startswith("RC") and code.endswith("-5%")]
    pairs = [(code, code.replace("-5%", "-1%")) for code in loose]
    return [
        Substitute(component=code, substitute=close, note="精度更高") for code, close in pairs if close in plan.parts
    ]


def _old_boards(plan: Design) -> list[Substitute]:
    """An old board revision fits, and is not approved."""
    return [
        Substitute(component=code.replace("-V11", "-V12"), substitute=code, priority=9, approved=False, note="旧版停用")
        for code in plan.parts
        if code.startswith("PCB-") and code.endswith("-V11")
    ]
