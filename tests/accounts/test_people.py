"""People, kept by administrators."""

from __future__ import annotations

import json

import pytest

from qitao.accounts.actions import NameTaken, UnknownChoice
from qitao.accounts.models import User
from qitao.accounts.queries import system_user
from qitao.journal import people
from qitao.journal.models import CommandRecord, Fact
from qitao.journal.people import LastAdministrator, NotAPerson, NotYourself
from qitao.kernel.refusal import BadValue, NotAllowed
from tests.small_plant import SmallPlant, build

pytestmark = pytest.mark.django_db
GOOD = "seven-quiet-bins-7"
VALUES = {"name": "王芳", "roles": ["picker"], "language": "zh-hans", "warehouses": ["RM"]}


@pytest.fixture
def plant() -> SmallPlant:
    return build()


def test_a_new_person_can_sign_in_and_the_journal_holds_nothing_of_the_password(plant: SmallPlant) -> None:
    reply = people.create_person(plant.do("administrator"), username="wang", password=GOOD, values=VALUES)
    person = User.objects.get(pk=reply["person"])
    assert person.check_password(GOOD)
    assert (person.roles, person.warehouses) == (["picker"], ["RM"])
    kept = [*CommandRecord.objects.values_list("reply", flat=True), *Fact.objects.values_list("data", flat=True)]
    assert GOOD not in json.dumps(kept)
    assert person.password not in json.dumps(kept)


def test_the_same_command_twice_makes_one_person(plant: SmallPlant) -> None:
    command = plant.do("administrator")
    for _ in range(2):
        people.create_person(command, username="wang", password=GOOD, values=VALUES)
    assert User.objects.filter(username="wang").count() == 1


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"username": "picker"}, NameTaken),
        ({"password": "12345678"}, BadValue),
        ({"values": {**VALUES, "roles": []}}, BadValue),
        ({"values": {**VALUES, "roles": ["emperor"]}}, UnknownChoice),
        ({"values": {**VALUES, "language": "tlh"}}, BadValue),
    ],
)
def test_what_no_person_can_be(plant: SmallPlant, change: dict[str, object], refusal: type[Exception]) -> None:
    given = {"username": "wang", "password": GOOD, "values": VALUES, **change}
    with pytest.raises(refusal):
        people.create_person(plant.do("administrator"), **given)  # type: ignore[arg-type]


def test_roles_change_and_the_last_administrator_stays(plant: SmallPlant) -> None:
    boss, planner = plant.people["administrator"], plant.people["planner"]
    with pytest.raises(LastAdministrator):
        people.change_person(plant.do("administrator"), person_id=boss.pk, values={"roles": ["manager"]})
    people.change_person(
        plant.do("administrator"), person_id=planner.pk, values={"roles": ["planner", "administrator"]}
    )
    people.change_person(plant.do("administrator"), person_id=boss.pk, values={"roles": ["manager"]})
    assert Fact.objects.filter(kind="accounts.person_changed").count() == 2


def test_nobody_shuts_out_themselves_or_the_last_administrator(plant: SmallPlant) -> None:
    with pytest.raises(NotYourself):
        people.deactivate(plant.do("administrator"), person_id=plant.people["administrator"].pk)
    with pytest.raises(NotAPerson):
        people.deactivate(plant.do("administrator"), person_id=system_user().pk)


def test_a_person_is_shut_out_and_let_in_again(plant: SmallPlant) -> None:
    picker = plant.people["picker"]
    people.deactivate(plant.do("administrator"), person_id=picker.pk)
    picker.refresh_from_db()
    assert not picker.is_active
    assert not picker.may("home.view")
    people.reactivate(plant.do("administrator"), person_id=picker.pk)
    picker.refresh_from_db()
    assert picker.is_active


def test_a_new_password_counts_at_once(plant: SmallPlant) -> None:
    picker = plant.people["picker"]
    with pytest.raises(BadValue):
        people.reset_password(plant.do("administrator"), person_id=picker.pk, password="short")
    people.reset_password(plant.do("administrator"), person_id=picker.pk, password=GOOD)
    picker.refresh_from_db()
    assert picker.check_password(GOOD)


@pytest.mark.parametrize("role", ["planner", "manager", "warehouse_manager"])
def test_only_administrators_keep_people(plant: SmallPlant, role: str) -> None:
    with pytest.raises(NotAllowed):
        people.reset_password(plant.do(role), person_id=plant.people["picker"].pk, password=GOOD)
