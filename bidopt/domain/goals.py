"""What the shop wants: the objective, the ROI target and the money it may spend."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator


class RoasGrades(BaseModel):
    """Grades of a campaign's ROAS as operators read it: below `pass` it fails."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, populate_by_name=True)

    passing: float = Field(3.0, gt=0, alias="pass", description="及格线 least ROAS that passes")
    good: float = Field(4.0, gt=0, description="良好线 least ROAS graded good")
    excellent: float = Field(5.0, gt=0, description="优秀线 least ROAS graded excellent")

    @model_validator(mode="after")
    def _ascending(self) -> RoasGrades:
        if not self.passing <= self.good <= self.excellent:
            raise ValueError("pass <= good <= excellent 必须由低到高")
        return self


class Goals(BaseModel):
    """What every policy works towards.

    Money is in the shop's currency, `target_roas` is revenue / cost (platforms label it ROI).
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    objective: Literal["revenue", "profit"] = Field(
        "revenue", description="目标 revenue 成交额最大 / profit 利润最大"
    )
    target_roas: float = Field(3.0, gt=0, description="目标投入产出比 revenue / cost to reach")
    daily_budget: float | None = Field(
        None, gt=0, description="账户日预算(元); 不写 = 现有计划日限额之和 account budget per day"
    )
    gross_margin: float | None = Field(
        None, gt=0, le=1, description="默认毛利率 margin where a product states none; needed for profit"
    )
    roas_grades: RoasGrades = Field(default_factory=RoasGrades, description="投产比分级 grades of a ROAS")

    @model_validator(mode="after")
    def _profit_needs_margin(self) -> Goals:
        if self.objective == "profit" and self.gross_margin is None:
            raise ValueError("objective: profit 需要同时写 gross_margin (毛利率)")
        return self
