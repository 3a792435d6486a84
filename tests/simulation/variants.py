"""Deliberately broken engines: each is one replacement in one file of the product, whose old text
must occur exactly once. (name, file, old, new)"""

VARIANTS = [
    ("cursor moved before its page is stored", "daemon/sync/observe.cpp",
     "        if (auto stored = store_page(org, object, *page, began, counts); !stored)",
     "        state->cursor = page->next;\n"
     "        (void)org.store.set_object_state(org.name, object.side, object.info->name, *state);\n"
     "        if (auto stored = store_page(org, object, *page, began, counts); !stored)"),
    ("sent before it is recorded as in flight", "daemon/sync/send.cpp",
     "            if (auto added = org_.store.add_in_flight(org_.name, batch); !added) return added;\n"
     "            if (auto done = transaction->commit(); !done) return done;",
     "            if (auto added = org_.store.add_in_flight(org_.name, batch); !added) return added;"),
    ("a write in doubt is repeated blindly", "daemon/sync/doubt.cpp",
     "    auto look = look_at(org, write, found, stop);",
     "    (void)look_at;\n    Result<Look> look = Look::NotDone;"),
    ("a write in doubt counts as done", "daemon/sync/doubt.cpp",
     "    auto look = look_at(org, write, found, stop);",
     "    auto look = look_at(org, write, found, stop);\n"
     "    if (look && write.write.kind == WriteKind::Update) look = Look::Done;"),
    ("a lost answer is tried again later", "daemon/sync/settle.cpp",
     "    } else if (outcome.error().kind == ErrorKind::InDoubt) {",
     "    } else if (outcome.error().kind == ErrorKind::InDoubt && false) {"),
    ("agreed is set before the answer", "mappings/merge/fields.cpp",
     "    if (decided.agree) {\n"
     "        decision_.agreed.insert_or_assign(rule.name, std::move(*decided.agree));",
     "    if (decided.to_crm || decided.to_marketing) {\n"
     "        const Value& said = decided.to_crm ? *decided.to_crm : *decided.to_marketing;\n"
     "        decision_.agreed.insert_or_assign(rule.name, PerSide<Value>{said, said});\n"
     "    } else if (decided.agree) {\n"
     "        decision_.agreed.insert_or_assign(rule.name, std::move(*decided.agree));"),
    ("agreed is left to the next plan", "daemon/sync/settle.cpp",
     "        agree(write, told, *object, **entity);", "        (void)agree;"),
    ("a create goes out without its key", "daemon/sync/planner_writes.cpp",
     "        write.key_value = create.key_value;\n", ""),
    ("planned while a write is in doubt", "daemon/sync/planner.cpp",
     "    if (stored->is_in_flight) {", "    if (stored->is_in_flight && false) {"),
    ("a change in marketing stays there", "mappings/merge/merge.cpp",
     "    if (marketing_changed) return travel(rule, state, Side::Marketing);\n", ""),
    ("the other side wins", "mappings/merge/merge.cpp",
     "            return {Side::Crm, Reason::ConflictWinner};",
     "            return {Side::Marketing, Reason::ConflictWinner};"),
    ("a blank erases", "mappings/merge/merge.cpp",
     "    if (is_empty(held(state, from)) && rule.blank != BlankRule::Propagate) {\n"
     "        return left_alone(Reason::BlankKept);",
     "    if (is_empty(held(state, from)) && rule.blank == BlankRule::FillOnly) {\n"
     "        return left_alone(Reason::BlankKept);"),
    ("a blank wins the first meeting", "mappings/merge/merge.cpp",
     "    if (is_empty(state.crm)) return carry(rule, state, Side::Marketing,"
     " Reason::FirstMeetingFilled);\n", ""),
    ("an opt-out is taken back", "mappings/merge/consent.cpp",
     "    return is_out ? tighten(flags) : ConsentDecision{};",
     "    return is_out ? let_back_in(flags, {}) : ConsentDecision{};"),
    ("an opt-out dies with a merged record", "daemon/sync/inherit.cpp",
     "            if (!says_out) continue;", "            if (says_out || !says_out) continue;"),
    ("a conversion is a first meeting", "daemon/sync/identity.cpp",
     "*follows != 0 ? Status{Done{}} :", "*follows < 0 ? Status{Done{}} :"),
    ("a deleted record is made anew", "mappings/merge/decide.cpp",
     "            if (there.was_deleted) {", "            if (there.was_deleted && false) {"),
    ("created while a side is not loaded", "mappings/merge/decide.cpp",
     "        if (!inputs_.sides.crm.ready || !inputs_.sides.marketing.ready) {",
     "        if (!inputs_.sides.crm.ready && !inputs_.sides.marketing.ready) {"),
    ("what was read long ago is overwritten", "daemon/sync/freshen.cpp",
     "    if (org.clock.steady() - org.observed_at[side] < org.settings.stale_after) return freshness;",
     "    if (org.clock.steady() > org.observed_at[side] - org.settings.stale_after) return freshness;"),
    ("a list that the person left is joined anew", "mappings/lists/lists.cpp",
     "        if (membership_.opted_out) return Standing::Left;\n", ""),
    ("one row's outcome is taken for all", "daemon/sync/send.cpp",
     "                outcomes ? (*outcomes)[i] :", "                outcomes ? (*outcomes)[0] :"),
    ("echoes are counted nowhere", "daemon/sync/observe.cpp",
     "    if (row_class == RowClass::Echo) ++counts.echoes;\n", ""),
    ("a spent quota is not minded", "daemon/sync/observe.cpp",
     "    return static_cast<double>(*budget.used_today) >= allowed;",
     "    return static_cast<double>(*budget.used_today) < -allowed;"),
    ("an older read overwrites a newer one", "daemon/sync/observe.cpp",
     "    if (now.record.modified < before->record.modified) return RowClass::Repeat;\n", ""),
    ("some changed rows are not queued", "daemon/sync/observe.cpp",
     "    if (row_class != RowClass::Changed) return row_class;",
     "    if (row_class != RowClass::Changed || counts.pulled % 7 == 0) return row_class;"),
]
