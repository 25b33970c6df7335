"""The planted bugs: what systems of this kind got wrong, and what would make our own tests worthless if they missed it.

Each is the smallest replacement that makes the mistake. `rows` are those of docs/explanation/trust.md.
"""

from __future__ import annotations

from tests.mutants.bench import Edit, Mutant

COMMAND, FACTS, LIFECYCLE = "journal/command.py", "journal/facts.py", "journal/lifecycle.py"
LEDGER, STOCK, LYING = "stock/ledger.py", "stock/actions.py", "stock/queries.py"
PICKING, FILLING, LISTS = "picking/actions.py", "picking/filling.py", "picking/queries.py"
ISSUING = "picking/issuing.py"
TABLES = "stock/migrations/0001_initial.py"

ONCE = "tests/journal/test_command.py::"
WHOLE = "tests/journal/test_all_or_nothing.py::"
NEIGHBOURS = "tests/invariants/test_neighbours.py::"
RACES = "tests/invariants/test_races.py::"

NO_ITEM_LOCK = Edit(LEDGER, "ELSE pg_advisory_xact_lock(key) END", "ELSE NULL END", "LOCK")

MUTANTS = (
    # A command is carried out once
    Mutant(
        "no-lock-of-the-command",
        "P1",
        [Edit(COMMAND, "SELECT pg_advisory_xact_lock(%s)", "SELECT %s::bigint", "LOCK")],
        [WHOLE + "test_a_second_delivery_waits_for_the_first_and_gets_its_reply"],
    ),
    Mutant(
        "no-number-of-the-command",
        "P1",
        [
            Edit(COMMAND, "done = cursor.fetchone()", "done = None", "_inside"),
            Edit(COMMAND, "[command.id, name,", "[uuid.uuid4(), name,", "_inside"),
        ],
        [
            ONCE + "test_the_second_delivery_gets_the_first_reply",
            "tests/picking/test_picking.py::test_a_command_sent_twice_picks_once",
            "tests/sales/test_shipping.py::test_a_command_sent_twice_ships_once",
        ],
    ),
    Mutant(
        "the-reply-is-not-kept",
        "P1",
        [Edit(COMMAND, "cursor.execute(WRITE, row)", "pass", "_inside")],
        [ONCE + "test_the_second_delivery_gets_the_first_reply"],
    ),
    Mutant(
        "another-command-under-the-same-number",
        "P1",
        [Edit(COMMAND, "if fingerprint != what.fingerprint:", "if False:", "_inside")],
        [ONCE + "test_one_number_for_two_different_commands_is_refused"],
    ),
    Mutant(
        "a-deadlock-is-told-to-the-user",
        "R6",
        [Edit(COMMAND, "TRIES = 3", "TRIES = 1", "TRIES")],
        [WHOLE + "test_a_deadlock_is_tried_again_and_nobody_hears_of_it"],
    ),
    Mutant(
        "committed-before-the-fact",
        "P1 P6",
        [
            Edit(
                FACTS,
                "    _write(facts)\n",
                "    connection.cursor().execute('COMMIT')\n    _write(facts)\n",
                "record_all",
            )
        ],
        [WHOLE + "test_what_follows_fails_and_nothing_has_happened"],
    ),
    Mutant(
        "committed-before-the-reply-is-kept",
        "P1 P6",
        [
            Edit(
                COMMAND,
                "text = json.dumps(work(), default=as_json, ensure_ascii=False)",
                "done = work(); connection.cursor().execute('COMMIT'); "
                "text = json.dumps(done, default=as_json, ensure_ascii=False)",
                "_inside",
            )
        ],
        [WHOLE + "test_a_reply_that_cannot_be_kept_takes_the_work_back"],
    ),
    # Who may do what
    Mutant(
        "no-question-of-permission",
        "P10",
        [Edit(COMMAND, "if not command.actor.may(permission):", "if not command.actor.is_active:", "action")],
        [ONCE + "test_without_the_permission_nothing_happens"],
    ),
    Mutant(
        "no-question-of-the-warehouse",
        "P10",
        [Edit(LEDGER, "if not command.actor.works_in(warehouse.code):", "if False:", "must_work_in")],
        [
            "tests/house/test_warehouses.py::test_in_another_warehouse_it_is_refused_and_changes_nothing",
            "tests/sales/test_shipping.py::test_it_leaves_from_its_warehouse_by_somebody_who_works_there",
        ],
    ),
    # Locks
    Mutant(
        "no-lock-of-the-item",
        "N1 N6",
        [NO_ITEM_LOCK],
        [
            NEIGHBOURS + "test_n1_what_one_takes_by_one_way_nobody_takes_by_another",
            NEIGHBOURS + "test_n6_twenty_reserve_one_of_ten_and_ten_get_it",
        ],
    ),
    Mutant(
        "looked-at-before-the-lock",
        "N1",
        [
            Edit(
                ISSUING, "ledger.lock_items([item_id for (item_id,) in cursor.fetchall()])", "cursor.fetchall()", "read"
            )
        ],
        [NEIGHBOURS + "test_two_pickers_take_the_same_line_and_no_more_is_issued_than_it_asks_for"],
    ),
    Mutant(
        "a-balance-read-and-then-written",
        "N2 N8",
        [
            NO_ITEM_LOCK,
            Edit(
                LEDGER,
                "SET on_hand = balance.on_hand + delta.change",
                "SET on_hand = (SELECT on_hand FROM stock_balance AS seen WHERE seen.id = balance.id) + delta.change",
                "POST",
            ),
        ],
        [NEIGHBOURS + "test_n2_two_take_from_one_bin_and_both_count"],
    ),
    Mutant(
        "a-rise-read-and-then-written",
        "N8",
        [
            NO_ITEM_LOCK,
            Edit(
                LEDGER,
                "DO UPDATE SET on_hand = stock_balance.on_hand + excluded.on_hand",
                "DO UPDATE SET on_hand = excluded.on_hand + coalesce((SELECT seen.on_hand FROM stock_balance AS seen"
                " WHERE seen.id = stock_balance.id), 0)",
                "POST",
            ),
        ],
        [NEIGHBOURS + "test_n8_two_post_at_once_and_what_lies_there_is_the_sum"],
    ),
    Mutant(
        "an-allocation-read-and-then-written",
        "N1 N2",
        [
            NO_ITEM_LOCK,
            Edit(
                LEDGER,
                'update(\n        allocated=models.F("allocated") + quantity\n    )',
                "update(\n        allocated=balance.allocated + quantity\n    )",
                "allocate",
            ),
        ],
        [NEIGHBOURS + "test_n5_who_waits_for_a_bin_is_served_from_it_and_not_from_a_second_row"],
    ),
    Mutant(
        "a-locked-balance-is-skipped",
        "N5",
        [
            NO_ITEM_LOCK,
            Edit(
                LYING,
                "        .exclude(lot__expires_on__lt=on)\n",
                "        .exclude(lot__expires_on__lt=on).select_for_update(of=('self',), skip_locked=True)\n",
                "pickable",
            ),
        ],
        [NEIGHBOURS + "test_n5_who_waits_for_a_bin_is_served_from_it_and_not_from_a_second_row"],
    ),
    Mutant(
        "a-state-changed-without-looking",
        "P3",
        [Edit(LIFECYCLE, ".filter(pk=document.pk, status__in=lifecycle.sources(verb))", ".filter(pk=document.pk)")],
        [
            "tests/production/test_work_orders.py::test_a_released_order_is_not_released_again",
        ],
    ),
    # Never below zero, never promised twice
    Mutant(
        "no-look-at-what-lies-there",
        "P3",
        [
            Edit(
                LEDGER,
                "      AND balance.on_hand + delta.change >= balance.allocated - delta.released\n",
                "",
                "POST",
            )
        ],
        [RACES + "test_fifty_people_fight_for_a_hundred_pieces"],
    ),
    Mutant(
        "the-table-takes-a-negative-balance",
        "P3",
        [
            Edit(TABLES, 'condition=models.Q(("on_hand__gte", 0)),', 'condition=models.Q(("on_hand__gte", -9)),'),
            Edit(TABLES, '("allocated__gte", 0), ("allocated__lte"', '("allocated__gte", -9), ("allocated__lte"'),
        ],
        [NEIGHBOURS + "test_the_database_itself_refuses_a_wrong_balance[negative]"],
        makes_database=True,
    ),
    Mutant(
        "the-table-takes-an-oversold-balance",
        "P3",
        [Edit(TABLES, ', ("allocated__lte", models.F("on_hand"))', "")],
        [NEIGHBOURS + "test_the_database_itself_refuses_a_wrong_balance[oversold]"],
        makes_database=True,
    ),
    Mutant(
        "reserved-stock-leaves-for-somebody-else",
        "P3",
        [Edit("sales/actions.py", "    _must_be_free(command, lines, wanted, warehouse)\n", "", "ship")],
        [
            "tests/sales/test_shipping.py::test_what_is_reserved_for_somebody_stays",
            NEIGHBOURS + "test_n1_what_one_takes_by_one_way_nobody_takes_by_another",
        ],
    ),
    Mutant(
        "a-transfer-takes-what-is-reserved",
        "P3 N1",
        [Edit(STOCK, "if free < quantity or sum(", "if sum(", "plan_transfer")],
        [NEIGHBOURS + "test_n1_what_one_takes_by_one_way_nobody_takes_by_another"],
    ),
    Mutant(
        "a-picker-takes-what-is-reserved",
        "P3 N1",
        [Edit(PICKING, "    if quantity > spare:", "    if False:", "take_from")],
        [NEIGHBOURS + "test_n1_what_one_takes_by_one_way_nobody_takes_by_another"],
    ),
    Mutant(
        "doubted-stock-is-offered",
        "P3",
        [Edit(LYING, '            on_hand__gt=F("allocated"),\n            doubted_at=None,\n', "", "pickable")],
        [NEIGHBOURS + "test_a_doubted_bin_is_passed_over_where_another_has_some"],
    ),
    Mutant(
        "more-is-received-than-ordered",
        "P3",
        [Edit("purchasing/actions.py", ', received__lte=F("quantity") - quantity)', ")", "_count_received")],
        ["tests/purchasing/test_receiving.py::test_more_than_ordered_is_refused_whole"],
    ),
    Mutant(
        "one-part-twice-in-a-bom-is-one",
        "N3",
        [
            Edit(LISTS, '.values_list("requirement")', '.values_list("item")', "lacking"),
            Edit(LISTS, "on_lists.get(line.pk, ZERO)", "on_lists.get(line.item_id, ZERO)", "lacking"),
        ],
        [NEIGHBOURS + "test_n3_one_part_twice_in_a_bom_is_allocated_for_each_line_once"],
    ),
    # What is over holds nothing; what is taken back leaves nothing
    Mutant(
        "what-was-picked-is-given-back-again",
        "N4",
        [Edit(FILLING, "                quantity=rest,\n", "                quantity=line.quantity,\n", "take_back")],
        [NEIGHBOURS + "test_n4_an_order_that_is_over_holds_nothing"],
    ),
    Mutant(
        "nothing-is-given-back-at-the-end",
        "N4",
        [
            Edit(
                "project/wiring.py",
                '"production.finished": (*OVER, planning.ask),',
                '"production.finished": (planning.ask,),',
            )
        ],
        [NEIGHBOURS + "test_n4_an_order_that_is_over_holds_nothing[finish]"],
    ),
    Mutant(
        "an-undone-pick-without-its-move",
        "N9 P4",
        [
            Edit(
                PICKING,
                "    ledger.reverse(command, move, document=line.pick_list)\n",
                "    Balance.objects.filter(item=line.item_id, location=line.location_id).update("
                'on_hand=F("on_hand") + move.quantity)\n',
                "_undo",
            )
        ],
        [
            NEIGHBOURS + "test_n9_what_is_taken_back_leaves_no_ghost",
            "tests/picking/test_picking.py::test_an_undone_pick_lies_where_it_lay_and_is_to_be_picked_again",
        ],
    ),
    Mutant(
        "a-cancelled-transfer-keeps-its-stock",
        "N9",
        [Edit(STOCK, "    for line in lines:\n", "    for line in lines[:0]:\n", "cancel_transfer")],
        [NEIGHBOURS + "test_n9_what_is_taken_back_leaves_no_ghost"],
    ),
    Mutant(
        "a-pick-is-taken-back-twice",
        "N9",
        [
            Edit(
                PICKING,
                "if Move.objects.filter(reverses=move).exists() or move.quantity",
                "if move.quantity",
                "_must_be_undoable",
            )
        ],
        [NEIGHBOURS + "test_a_pick_is_taken_back_once"],
    ),
    Mutant(
        "a-difference-is-posted-by-each-count",
        "N9",
        [Edit("stock/counting.py", "            _tell_other_counts(count, line, change)\n", "")],
        ["tests/stock/test_corners.py::test_one_difference_that_two_counts_found_is_posted_once"],
    ),
    # The books
    Mutant(
        "one-of-several-lines-counts",
        "N7 P2",
        [Edit(LEDGER, "sum(change) AS change, sum(released)", "max(change) AS change, sum(released)", "POST")],
        [NEIGHBOURS + "test_n7_several_lines_of_one_document_on_one_balance_all_count"],
    ),
    Mutant(
        "the-proof-looks-away",
        "N7 P2",
        [Edit(LYING, "FROM moved FULL JOIN stock_balance", "FROM moved JOIN stock_balance", "DRIFT")],
        [
            NEIGHBOURS + "test_n7_a_balance_that_is_not_the_sum_of_its_moves_is_named[gone]",
            NEIGHBOURS + "test_n7_a_balance_that_is_not_the_sum_of_its_moves_is_named[elsewhere]",
        ],
    ),
    Mutant(
        "the-proof-rounds",
        "N7 P2",
        [
            Edit(
                LYING,
                "coalesce(balance.on_hand, 0) <> coalesce(moved.quantity, 0)",
                "abs(coalesce(balance.on_hand, 0) - coalesce(moved.quantity, 0)) > 0.001",
                "DRIFT",
            )
        ],
        [
            NEIGHBOURS + "test_n7_a_balance_that_is_not_the_sum_of_its_moves_is_named[more]",
            NEIGHBOURS + "test_n7_a_balance_that_is_not_the_sum_of_its_moves_is_named[less]",
        ],
    ),
    Mutant(
        "moves-can-be-changed",
        "P4",
        [Edit("stock/migrations/0002_append_only.py", "BEFORE UPDATE OR DELETE", "BEFORE DELETE", "trigger")],
        [ONCE + "test_the_database_itself_refuses_to_change_what_was_written[UPDATE {} SET id = id-stock_move]"],
        makes_database=True,
    ),
    Mutant(
        "a-float-in-the-count-of-what-was-picked",
        "P2",
        [Edit(ISSUING, "%(quantities)s::numeric[]", "%(quantities)s::numeric[]::float8[]", "CLOSE")],
        [NEIGHBOURS + "test_tenths_of_a_kilo_are_exact"],
    ),
    Mutant(
        "a-float-on-the-way-into-the-ledger",
        "P2",
        [Edit(LEDGER, "%(quantity)s::numeric[]", "%(quantity)s::numeric[]::float8[]", "POST")],
        [NEIGHBOURS + "test_quantities_of_twelve_digits_and_six_places_are_exact"],
    ),
    Mutant(
        "a-seventh-place-is-rounded",
        "P2",
        [Edit(LEDGER, "        exact(line.quantity)\n", "        assert line\n", "post")],
        ["tests/stock/test_corners.py::test_no_quantity_is_rounded_on_its_way_into_the_ledger"],
    ),
    Mutant(
        "dated-back-without-a-look",
        "N10",
        [Edit(LEDGER, "    if happened_at is not None:\n", "    if False:\n", "post")],
        [
            "tests/stock/test_documents.py::test_what_was_not_there_yet_cannot_have_gone",
            "tests/stock/test_documents.py::test_the_refusal_names_the_moment_and_the_document_that_would_have_lacked_it",
        ],
    ),
    Mutant(
        "bins-count-more-than-is-free",
        "P3",
        [Edit(LISTS, "return min(lying, max(spare, ZERO))", "return lying", "nearby")],
        ["tests/picking/test_corners.py::test_bins_that_others_have_reserved_do_not_cover_what_is_missing"],
    ),
    Mutant(
        "an-import-writes-over-newer-stock",
        "N12",
        [
            Edit(
                "exchange/loading/stock.py",
                'known = set(Move.objects.filter(item_id__in=any_of(touched)).values_list("item_id", flat=True)'
                ".distinct())",
                "known: set[int] = set()",
                "write",
            )
        ],
        ["tests/exchange/test_load.py::test_documents_and_stock_that_differ_are_told_and_left_alone"],
    ),
)
